import { expect, test } from "bun:test";

import { probes } from "../../lib/metrics/probes.ts";
import { Unavailable } from "../../lib/model/host.ts";
import type { ProbeAnswer } from "../../lib/model/probe.ts";
import { defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { probeOf } from "../support/probes.ts";
import { testHost } from "../support/testHost.ts";
import { virtualClock } from "../support/virtualClock.ts";

const clock = virtualClock();
const number = (value: number): ProbeAnswer => ({ kind: "page", text: String(value) });
const plugin = (output: string, status = 0): ProbeAnswer => ({ kind: "program", status, output, errors: "" });

const collect = (settings: readonly object[], answers: Readonly<Record<string, ProbeAnswer>>) => {
  const config = { ...defaultConfig, probes: settings.map((one) => probeOf({ url: "http://a/", ...one })) };
  return probes.collect(testHost({ probes: answers }), config, { before: null, clock });
};

test("where nothing is configured nobody is asked", () => {
  expect(probes.collect(testHost({}), defaultConfig)).rejects.toThrow(new Unavailable("none configured"));
});

test("a number has a key without a name, and its unit", async () => {
  const found = await collect(
    [
      { name: "queue", warning: 500 },
      { name: "backup", unit: "hours" },
    ],
    { queue: number(812), backup: number(30) },
  );
  expect(observeOne(probes, found)).toEqual({
    'probe_state{probe="queue"}': 0,
    'probe_unknown{probe="queue"}': 0,
    'probe_value{probe="queue"}': 812,
    'probe_state{probe="backup"}': 0,
    'probe_unknown{probe="backup"}': 0,
    'probe_value{probe="backup",uom="seconds"}': 108_000,
  });
  expect(describeOne(probes, found)).toMatchObject([
    { label: "queue", lines: ["812, limit 500"], importance: "notable", trends: 'probe_value{probe="queue"}' },
    { label: "backup", lines: ["1 d 6 h"], importance: "core" },
  ]);
});

test("of a plugin's numbers the first stands for it, the others have their names", async () => {
  const load = plugin("LOAD OK - 0.1 | load1=0.1 load5=6;5 pl=3%");
  const found = await collect([{ name: "load" }], { load });
  expect(observeOne(probes, found)).toMatchObject({
    'probe_value{probe="load"}': 0.1,
    'probe_value{probe="load",number="load5"}': 6,
    'probe_value{probe="load",number="pl",uom="percent"}': 3,
  });
  expect(describeOne(probes, found)).toMatchObject([{ lines: ["LOAD OK - 0.1"], importance: "core" }]);
});

test("a plugin that is not well says which of its numbers is beyond its limit", async () => {
  const found = await collect([{ name: "load" }], { load: plugin("LOAD WARNING | load1=0.1;4 load5=6;5", 1) });
  expect(observeOne(probes, found)).toMatchObject({ 'probe_state{probe="load"}': 1 });
  expect(describeOne(probes, found)).toMatchObject([
    { lines: ["LOAD WARNING", "load5 6, limit 0–5"], importance: "notable" },
  ]);
});

test("what does not know has no state, and says why", async () => {
  const found = await collect([{ name: "a" }, { name: "b" }], {
    a: plugin("A UNKNOWN - no idea", 3),
    b: { kind: "nothing", problem: { code: "late", seconds: 10 } },
  });
  expect(observeOne(probes, found)).toEqual({ 'probe_unknown{probe="a"}': 1, 'probe_unknown{probe="b"}': 1 });
  expect(describeOne(probes, found)).toMatchObject([
    { lines: ["A UNKNOWN - no idea"], importance: "notable" },
    { lines: ["no answer within 10 s"], importance: "notable" },
  ]);
});

test("a card has six of them, those that are not well, and the count of the others", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `p${index}`);
  const answers = Object.fromEntries(names.map((name) => [name, number(name === "p8" ? 9 : 1)]));
  const rows = describeOne(
    probes,
    await collect(
      names.map((name) => ({ name, warning: 5 })),
      answers,
    ),
  );
  expect(rows.filter(({ importance }) => importance !== "detail").map(({ label }) => label)).toEqual([
    ...names.slice(0, 6),
    "p8",
    "Other checks",
  ]);
  expect(rows.at(-1)).toMatchObject({ lines: ["3 more"] });
});

test("a share has a bar", async () => {
  expect(describeOne(probes, await collect([{ name: "a", unit: "percent" }], { a: number(42) }))).toMatchObject([
    { percent: 42, lines: ["42 %"] },
  ]);
});

test("one that is not due keeps its answer, but not with other settings, nor without an answer", async () => {
  const asked: string[] = [];
  const host = {
    ...testHost({}),
    askProbe: async ({ name }: { readonly name: string }) => (asked.push(name), number(asked.length)),
  };
  const all = (take?: string) => ({
    ...defaultConfig,
    probes: [probeOf({ name: "a", url: "http://a/", every: "6h", ...(take && { take }) })],
  });
  const look = (settings: typeof defaultConfig, before: Awaited<ReturnType<typeof probes.collect>> | null) =>
    probes.collect(host, settings, { before, clock });
  const first = await look(all(), null);
  await clock.sleep(5 * 3_600_000);
  expect(await look(all(), first)).toEqual(first);
  expect(asked).toHaveLength(1);
  await look(all("x.y"), first);
  expect(asked).toHaveLength(2);
  await look(all(), [{ ...first[0]!, state: null }]);
  expect(asked).toHaveLength(3);
  await clock.sleep(3_600_000);
  expect((await look(all(), first))[0]?.numbers[0]?.value).toBe(4);
});

test("eight are asked at once, and all together have half a minute", async () => {
  let [now, most, asked] = [0, 0, 0];
  const time = virtualClock();
  const host = {
    ...testHost({}),
    askProbe: async (_: unknown, deadlineMs: number): Promise<ProbeAnswer> => {
      most = Math.max(most, (now += 1));
      // The clock goes on for all that wait at once.
      if ((asked += 1) % 8 === 0) await time.sleep(deadlineMs);
      else await Promise.resolve();
      now -= 1;
      return { kind: "nothing", problem: { code: "late", seconds: deadlineMs / 1000 } };
    },
  };
  const settings = {
    ...defaultConfig,
    probes: Array.from({ length: 50 }, (_, index) => probeOf({ name: `p${index}`, run: ["/x"] })),
  };
  const found = await probes.collect(host, settings, { before: null, clock: time });
  expect(found.map(({ probe }) => probe)).toEqual(settings.probes.map(({ name }) => name));
  expect(most).toBe(8);
  expect(time.monotonicMs()).toBeLessThanOrEqual(30_000);
  expect(found.at(-1)?.problem?.code).toBe("noTime");
});
