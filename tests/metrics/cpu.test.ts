import { expect, test } from "bun:test";

import { createFormat } from "../../lib/format.ts";
import { type Cpu, cpu, cpuShares } from "../../lib/metrics/cpu.ts";
import { parseProcStat } from "../../lib/proc/procStat.ts";
import { en } from "../../lib/words/en.ts";

const still: Cpu = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0, guest: 0 };
const after = (ticks: Partial<Cpu>): Cpu => ({ ...still, ...ticks });
const describe = (now: Cpu, earlier: Parameters<typeof cpu.describe>[1]) =>
  cpu.describe(now, earlier, { format: createFormat("iec"), words: en })[0]?.lines;

test("busy is all but idle and waiting for I/O", () => {
  const now = after({ user: 20, nice: 5, system: 10, idle: 40, iowait: 10, irq: 1, softirq: 4, steal: 10 });
  expect(cpuShares(still, now)).toEqual({ busy: 50, user: 25, system: 15, iowait: 10, steal: 10 });
});

test("a machine that only waits for its disk is not busy", () => {
  expect(cpuShares(still, after({ user: 25, iowait: 75 }))).toMatchObject({ busy: 25, iowait: 75 });
});

test("steal and soft interrupts are busy, which systeminformation does not see", () => {
  expect(cpuShares(still, after({ idle: 50, steal: 50 }))?.busy).toBe(50);
  expect(cpuShares(still, after({ idle: 50, softirq: 50 }))?.busy).toBe(50);
});

test("guest time, which the kernel counts in user and nice as well, is counted once", () => {
  const { ticks } = parseProcStat("cpu  60 20 0 20 0 0 0 0 40 10\n");
  expect(ticks).toMatchObject({ user: 20, nice: 10, guest: 50 });
  expect(cpuShares(still, ticks)).toMatchObject({ busy: 80, user: 80 });
});

test("idle and I/O wait counters that fall a little stand still", () => {
  const before = after({ idle: 1000, iowait: 50 });
  expect(cpuShares(before, after({ idle: 999, iowait: 49, user: 10 }))).toMatchObject({ busy: 100, iowait: 0 });
});

test.each<[string, Cpu, Cpu]>([
  ["counters that did not move", after({ user: 5 }), after({ user: 5 })],
  ["a user counter that fell", after({ user: 9 }), after({ user: 5, idle: 50 })],
  ["a system counter that fell", after({ system: 9 }), after({ system: 5, idle: 50 })],
])("%s say nothing", (_, before, now) => {
  expect(cpuShares(before, now)).toBeNull();
});

test("an old kernel has fewer columns, and the missing ones are 0", () => {
  expect(parseProcStat("cpu  10 0 5 85\ncpu0 10 0 5 85\n")).toEqual({
    ticks: after({ user: 10, system: 5, idle: 85 }),
    cores: 1,
  });
});

test("cores are those online, whatever their numbers", () => {
  expect(parseProcStat("cpu  1 1 1 1\ncpu0 1 1 1 1\ncpu7 1 1 1 1\ncpu255 1 1 1 1\nintr 5\n").cores).toBe(3);
});

test.each([[""], ["intr 5\n"], ["cpu  a b c d\n"], ["cpu  1 2\n"]])("%j is no /proc/stat", (text) => {
  expect(() => parseProcStat(text)).toThrow("/proc/stat");
});

test("each window is a label, and a window that says nothing makes no observation", () => {
  const now = after({ user: 10, idle: 90 });
  const observations = cpu.observe(now, { sample: { before: still, seconds: 0.5 }, report: null });
  expect(observations).toContainEqual({ name: "cpu_busy_percent", labels: { window: "sample" }, value: 10 });
  expect(observations.map(({ name }) => name)).toEqual(
    (["busy", "user", "system", "iowait", "steal"] as const).map((state) => `cpu_${state}_percent` as const),
  );
  expect(cpu.observe(now, { sample: null, report: null })).toEqual([]);
});

test("the row tells the time since the last report first, then the moment", () => {
  const now = after({ user: 60, idle: 140 });
  const report = { before: still, seconds: 1800 };
  const sample = { before: after({ user: 55, idle: 45 }), seconds: 0.5 };
  expect(describe(now, { sample, report })).toEqual(["30 %", "over 30 min", "now 5.0 %"]);
  expect(describe(now, { sample, report: null })).toEqual(["5.0 %", "now, over 0.50 s"]);
});

test("waiting for I/O and stolen time are told when they are worth it", () => {
  const now = after({ user: 70, iowait: 20, steal: 10 });
  expect(describe(now, { sample: { before: still, seconds: 1 }, report: null })).toEqual([
    "80 %",
    "now, over 1.00 s",
    "waiting for I/O 20 %",
    "stolen by the host 10 %",
  ]);
});

test("without a window nothing is measured, and the row says so", () => {
  expect(describe(still, { sample: null, report: null })).toEqual(["not measured"]);
});

test("a report of a moment ago leaves no interval: it would hold little but the program itself", () => {
  const now = after({ user: 100 });
  const moment = { before: still, seconds: 9 };
  expect(cpu.observe(now, { sample: null, report: moment })).toEqual([]);
  expect(cpu.observe(now, { sample: null, report: { ...moment, seconds: 10 } })).toHaveLength(5);
  expect(describe(now, { sample: null, report: moment })).toEqual(["not measured"]);
});
