import { expect, test } from "bun:test";

import { topByCpu, type TopProcesses, topProcesses } from "../../lib/metrics/topProcesses.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

interface Process {
  readonly pid: number;
  readonly name?: string;
  readonly state?: string;
  readonly ticks?: number;
  readonly start?: number;
  readonly pages?: number;
}

const statOf = ({ pid, name = `p${pid}`, state = "S", ticks = 0, start = 100, pages = 0 }: Process) =>
  `${pid} (${name}) ${state} 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} 0 ${pages} 0\n`;

/** /proc of a machine whose CPUs have had so many ticks. */
function procOf(machineTicks: number, all: readonly Process[], self?: number) {
  const files = all.map((process) => [`${process.pid}/stat`, statOf(process)] as const);
  const own = self === undefined ? {} : { "self/stat": statOf({ pid: self }) };
  return { stat: `cpu  0 0 0 ${machineTicks}\n`, ...Object.fromEntries(files), ...own };
}

const read = (machineTicks: number, all: readonly Process[], self?: number) =>
  collectOne(topProcesses, { proc: procOf(machineTicks, all, self) });

const earlier = (before: TopProcesses) => ({ sample: { before, seconds: 0.5 }, report: null });

test("the largest by memory, the zombies, and who ever took CPU time are kept, and no more", async () => {
  const value = await read(1000, [
    { pid: 1, ticks: 7, pages: 100 },
    { pid: 2 },
    { pid: 3, pages: 400 },
    { pid: 4, pages: 300 },
    { pid: 5, pages: 200 },
    { pid: 6, state: "Z" },
  ]);
  expect(value).toEqual({
    onlyOwn: false,
    zombies: 1,
    largest: [
      { pid: 3, name: "p3", residentBytes: 400 * 4096 },
      { pid: 4, name: "p4", residentBytes: 300 * 4096 },
      { pid: 5, name: "p5", residentBytes: 200 * 4096 },
    ],
    machineTicks: 1000,
    cpu: [[1, 100, 7, "p1"]],
  });
});

test("shares are of the whole machine, the busiest first", async () => {
  const before = await read(1000, [
    { pid: 1, ticks: 10 },
    { pid: 2, ticks: 500 },
    { pid: 3, ticks: 20 },
    { pid: 4, ticks: 40 },
    { pid: 5, ticks: 1 },
  ]);
  const now = await read(1200, [
    { pid: 1, ticks: 11 },
    { pid: 2, ticks: 500 },
    { pid: 3, ticks: 70 },
    { pid: 4, ticks: 60 },
    { pid: 5, ticks: 6 },
  ]);
  expect(topByCpu(before, now)).toEqual([
    { pid: 3, name: "p3", percent: 25 },
    { pid: 4, name: "p4", percent: 10 },
    { pid: 5, name: "p5", percent: 2.5 },
  ]);
});

test("a pid that was used again is another process, and a new one has used all that it has", async () => {
  const before = await read(1000, [{ pid: 7, name: "old", ticks: 900, start: 50 }]);
  const now = await read(1100, [
    { pid: 7, name: "new", ticks: 30, start: 990 },
    { pid: 8, ticks: 20, start: 991 },
  ]);
  expect(topByCpu(before, now)?.map((user) => [user.name, user.percent])).toEqual([
    ["new", 30],
    ["p8", 20],
  ]);
});

// giampaolo/psutil#131, soyuka/pidusage#89, sysstat/sysstat#8: 13,380 % and tens of thousands.
test("no process has more than the whole machine, and one whose ticks fell has none", async () => {
  const before = await read(1000, [
    { pid: 1, ticks: 10 },
    { pid: 2, ticks: 500 },
  ]);
  const now = await read(1100, [
    { pid: 1, ticks: 13_390 },
    { pid: 2, ticks: 400 },
  ]);
  expect(topByCpu(before, now)).toEqual([{ pid: 1, name: "p1", percent: 100 }]);
});

// VictoriaMetrics/metrics#76, TencentBlueKing/bkmonitor-datalink#1469.
test("memory is counted in pages of the kernel's size", async () => {
  const auxv = new Uint8Array(BigUint64Array.from([6n, 65_536n, 0n, 0n]).buffer);
  const proc = { ...procOf(1000, [{ pid: 1, pages: 3 }]), "self/auxv": auxv };
  expect((await collectOne(topProcesses, { proc })).largest[0]?.residentBytes).toBe(3 * 65_536);
});

// influxdata/telegraf#6270: a state that only some kernels have.
test("of the states only Z is a zombie, and an unknown one is no failure", async () => {
  const states = ["S", "I", "P", "t", "X", "0", "Z"];
  const value = await read(
    1000,
    states.map((state, index) => ({ pid: index + 1, state })),
  );
  expect(value.zombies).toBe(1);
});

test("without a window, or with counters that ran backwards, nobody is blamed", async () => {
  const value = await read(1000, [{ pid: 1, ticks: 5, pages: 1 }]);
  expect(topByCpu(value, value)).toBeNull();
  expect(topByCpu({ ...value, machineTicks: 2000 }, value)).toBeNull();
  expect(describeOne(topProcesses, value).map(({ label }) => label)).toEqual(["Top memory"]);
});

test("this program itself is left out", async () => {
  const value = await read(1000, [{ pid: 1 }, { pid: 99, ticks: 80, pages: 9000 }], 99);
  expect([value.largest, value.cpu]).toEqual([[], []]);
});

test("observations name the process, and rows say who and how much", async () => {
  const before = await read(1000, [{ pid: 1 }]);
  const now = await read(1100, [
    { pid: 1, name: "init", ticks: 50, pages: 1024 },
    { pid: 2, state: "Z" },
  ]);
  expect(observeOne(topProcesses, now, earlier(before))).toEqual({
    'top_processes_cpu_percent{process="init",pid="1",window="sample"}': 50,
    'top_processes_resident_bytes{process="init",pid="1"}': 4_194_304,
    top_processes_zombies: 1,
  });
  expect(describeOne(topProcesses, now, earlier(before)).map(({ label, lines }) => [label, lines])).toEqual([
    ["Top CPU", ["init 50 % (1)"]],
    ["Top memory", ["init 4.00 MiB (1)"]],
    ["Zombies", ["1"]],
  ]);
});

test("with hidepid the rows say whose processes these are, and the zombies of others are not 0", async () => {
  const value = await read(1000, [{ pid: 117, pages: 256 }]);
  expect(describeOne(topProcesses, value)[0]?.lines).toEqual([
    "p117 1.00 MiB (117)",
    "only your own processes are visible",
  ]);
  expect(observeOne(topProcesses, value)).not.toHaveProperty("top_processes_zombies");
});

test("a /proc without processes is unavailable", () => {
  expect(read(1000, [])).rejects.toBeInstanceOf(Unavailable);
});

test("it is read only on demand, and outside of the CPU's window", () => {
  expect([topProcesses.onDemand, topProcesses.sampled]).toEqual([true, true]);
});
