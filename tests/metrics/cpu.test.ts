import { describe, expect, test } from "bun:test";

import { createFormat } from "../../lib/format.ts";
import { type Cpu, cpu, cpuShares } from "../../lib/metrics/cpu.ts";
import { parseProcStat } from "../../lib/proc/procStat.ts";
import { en } from "../../lib/words/en.ts";
import { collectOne } from "../support/measure.ts";

const noTicks = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, irq: 0, softirq: 0, steal: 0, guest: 0 };
/** One CPU, which can spend 100 ticks in a second. */
const still: Cpu = { ...noTicks, cores: 1 };
const after = (ticks: Partial<Cpu>): Cpu => ({ ...still, ...ticks });
/** The shares of a second, or of so many. */
const shares = (before: Cpu, now: Cpu, seconds = 1) => cpuShares({ before, seconds }, now);
const tell = (now: Cpu, earlier: Parameters<typeof cpu.describe>[1]) =>
  cpu.describe(now, earlier, { format: createFormat("iec"), words: en })[0]?.lines;

test("busy is all but idle and waiting for I/O", () => {
  const now = after({ user: 20, nice: 5, system: 10, idle: 40, iowait: 10, irq: 1, softirq: 4, steal: 10 });
  expect(shares(still, now)).toEqual({ busy: 50, user: 25, system: 15, iowait: 10, steal: 10 });
});

test("a machine that only waits for its disk is not busy", () => {
  expect(shares(still, after({ user: 25, iowait: 75 }))).toMatchObject({ busy: 25, iowait: 75 });
});

test("steal and soft interrupts are busy, which systeminformation does not see", () => {
  expect(shares(still, after({ idle: 50, steal: 50 }))?.busy).toBe(50);
  expect(shares(still, after({ idle: 50, softirq: 50 }))?.busy).toBe(50);
});

test("guest time, which the kernel counts in user and nice as well, is counted once", () => {
  const { ticks } = parseProcStat("cpu  60 20 0 20 0 0 0 0 40 10\n");
  expect(ticks).toMatchObject({ user: 20, nice: 10, guest: 50 });
  expect(shares(still, { ...ticks, cores: 1 })).toMatchObject({ busy: 80, user: 80 });
});

test("idle and I/O wait counters that fall a little stand still", () => {
  const before = after({ idle: 1000, iowait: 50 });
  expect(shares(before, after({ idle: 999, iowait: 49, user: 10 }), 0.1)).toMatchObject({ busy: 100, iowait: 0 });
});

test.each<[string, Cpu, Cpu]>([
  ["counters that did not move", after({ user: 5 }), after({ user: 5 })],
  ["a user counter that fell", after({ user: 9 }), after({ user: 5, idle: 50 })],
  ["a system counter that fell", after({ system: 9 }), after({ system: 5, idle: 50 })],
])("%s say nothing", (_, before, now) => {
  expect(shares(before, now)).toBeNull();
});

test("an old kernel has fewer columns, and the missing ones are 0", () => {
  expect(parseProcStat("cpu  10 0 5 85\ncpu0 10 0 5 85\nintr 5\n")).toEqual({
    ticks: { ...noTicks, user: 10, system: 5, idle: 85 },
    cores: 1,
  });
});

test("cores are those online, whatever their numbers", () => {
  expect(parseProcStat("cpu  1 1 1 1\ncpu0 1 1 1 1\ncpu7 1 1 1 1\ncpu255 1 1 1 1\nintr 5\n").cores).toBe(3);
});

test("a file that ends among the CPUs was cut, and how many there are is not known", () => {
  expect(parseProcStat("cpu  1 1 1 1\ncpu0 1 1 1 1\ncpu1 1 1").cores).toBe(0);
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
  const now = after({ user: 54_000, idle: 126_000 });
  const report = { before: still, seconds: 1800 };
  const sample = { before: after({ user: 53_995, idle: 125_905 }), seconds: 0.5 };
  expect(tell(now, { sample, report })).toEqual(["30 %", "30 min average", "now 5.0 %"]);
  expect(tell(now, { sample, report: null })).toEqual(["5.0 %", "0.50 s sample"]);
});

test("waiting for I/O and stolen time are told when they are worth it", () => {
  const now = after({ user: 70, iowait: 20, steal: 10 });
  expect(tell(now, { sample: { before: still, seconds: 1 }, report: null })).toEqual([
    "80 %",
    "1.00 s sample",
    "I/O wait 20 %",
    "steal 10 %",
  ]);
});

test("without a window nothing is measured, and the row says so", () => {
  expect(tell(still, { sample: null, report: null })).toEqual(["not measured yet"]);
});

test("a report of a moment ago leaves no interval: it would hold little but the program itself", () => {
  const now = after({ user: 1000 });
  const moment = { before: still, seconds: 54 };
  expect(cpu.observe(now, { sample: null, report: moment })).toEqual([]);
  expect(cpu.observe(now, { sample: null, report: { ...moment, seconds: 55 } })).toHaveLength(5);
  expect(tell(now, { sample: null, report: moment })).toEqual(["not measured yet"]);
});

/** What two readings of /proc/stat, half an hour apart, say of so many CPUs. */
async function sharesOf(before: string, now: string, cores: number, seconds = 1800) {
  const each = Array.from({ length: cores }, (_, index) => `cpu${index} 1 1 1 1\n`).join("");
  const read = (line: string) => collectOne(cpu, { proc: { stat: `cpu  ${line}\n${each}intr 5\n` } });
  return cpuShares({ before: await read(before), seconds }, await read(now));
}

describe("counters against the time that passed", () => {
  // lxc/lxcfs#311: idle is garbage and stands still. 3600 ticks of the 360000 of two CPUs.
  test("an idle counter that stands still makes no busy machine", async () => {
    const [before, now] = [
      "13337485 0 0 8317131874320235395 0 0 0 0 0 0",
      "13341085 0 0 8317131874320235395 0 0 0 0 0 0",
    ];
    expect(await sharesOf(before, now, 2)).toMatchObject({ busy: 1, user: 1, steal: 0 });
  });

  // giampaolo/psutil#1210, hishamhm/htop#289, sysstat/sysstat#95, influxdata/telegraf#2871.
  test("stolen time that jumps after a live migration says nothing", async () => {
    const before = "12326678 4215 2516722 191279683 472016 0 256286 318860 0 0";
    expect(
      await sharesOf(before, "12330278 4215 2517622 191634683 472116 0 256386 1844674407370955161 0 0", 2),
    ).toBeNull();
    expect(await sharesOf(before, "12330278 4215 2517622 191634683 472116 0 256386 1318860 0 0", 2)).toBeNull();
  });

  // facebookincubator/below#8190 (its figures), performancecopilot/pcp#1507.
  test("a CPU that goes online makes the idle counter fall, and then nothing is known", async () => {
    const before = "113618 21 2412 8207884 686 0 145 0 0 0";
    const now = "116618 21 3412 6267884 686 0 145 0 0 0";
    expect(await sharesOf(before, now, 4)).toBeNull();
    expect(await sharesOf(before, now, 4, 0.5)).toBeNull();
  });

  test("a machine that was paused or suspended meanwhile was idle", async () => {
    expect(await sharesOf("0 0 0 0 0 0 0 0 0 0", "18000 0 0 72000 0 0 0 0 0 0", 2)).toMatchObject({ busy: 5 });
    expect(await sharesOf("0 0 0 0 0 0 0 0 0 0", "90000 0 0 260000 0 0 0 0 0 0", 2)).toMatchObject({
      busy: expect.closeTo(25.7, 1) as number,
    });
  });

  // A KVM host that does nothing but run its guests: user - guest falls from 501 to 500.
  test("user time that falls by the tick that was rounded away is no reset", async () => {
    const before = "600501 0 20000 9000000 0 0 0 0 600000 0";
    const now = "660500 0 20010 9119000 0 0 0 0 660000 0";
    expect(await sharesOf(before, now, 1)).toMatchObject({ busy: expect.closeTo(33.5, 1) as number });
  });

  test("without a line for each CPU nothing is known", async () => {
    expect(await sharesOf("0 0 0 0", "10 0 0 90", 0)).toBeNull();
  });
});
