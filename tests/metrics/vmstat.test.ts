import { expect, test } from "bun:test";

import { vmstat } from "../../lib/metrics/vmstat.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { parsePageSize } from "../../lib/proc/auxv.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

/** An auxiliary vector: AT_SYSINFO_EHDR (here 6, which is no AT_PAGESZ), AT_PAGESZ, AT_NULL. */
const auxv = (pageBytes: number) => {
  const words = [33n, 6n, 6n, BigInt(pageBytes), 0n, 0n];
  return new Uint8Array(BigUint64Array.from(words).buffer);
};

const proc = (kills: number, swapIn: number, swapOut: number, faults = 2560) => ({
  vmstat: `nr_free_pages 5\npgmajfault ${faults}\npswpin ${swapIn}\npswpout ${swapOut}\noom_kill ${kills}\n`,
  meminfo: "MemTotal:        1000000 kB\nMemFree:  5 kB\n",
  "self/auxv": auxv(4096),
});

const collect = (files: Parameters<typeof collectOne>[1]["proc"]) => collectOne(vmstat, { proc: files ?? {} });

const compare = async (before: ReturnType<typeof proc>, now: ReturnType<typeof proc>) => {
  const earlier = { sample: null, report: { before: await collect(before), seconds: 100 } };
  return { value: await collect(now), earlier };
};

test("the page size is the kernel's word, and 4096 where it is not known", async () => {
  expect(parsePageSize(Buffer.from(auxv(65_536)).toString("latin1"))).toBe(65_536);
  expect(parsePageSize("")).toBe(4096);
  expect((await collect({ ...proc(0, 0, 0), "self/auxv": auxv(16_384) })).pageBytes).toBe(16_384);
  expect((await collect({ vmstat: proc(0, 0, 0).vmstat })).pageBytes).toBe(4096);
});

// landley/toybox#525, prometheus/node_exporter#1524: what was read from any disk passed off as swap.
test("pages that files were read and written by are no swap traffic", async () => {
  const { vmstat: counters, ...others } = proc(3, 10, 20);
  const files = { ...others, vmstat: `pgpgin 27562898\npgpgout 168780971\n${counters}` };
  expect(await collect(files)).toMatchObject({ swapInPages: 10, swapOutPages: 20 });
  const noSwap = await collect({ ...others, vmstat: "pgpgin 27562898\npgpgout 168780971\noom_kill 0\n" });
  expect(noSwap).toMatchObject({ swapInPages: null, swapOutPages: null });
});

// landley/toybox#422: a kernel without CONFIG_VM_EVENT_COUNTERS.
test("a kernel that counts none of it is unavailable", () => {
  expect(collect({})).rejects.toBeInstanceOf(Unavailable);
  expect(collect({ vmstat: "nr_free_pages 5\n" })).rejects.toBeInstanceOf(Unavailable);
});

test("counters are observed in bytes where they are pages", async () => {
  expect(observeOne(vmstat, await collect(proc(3, 10, 20)))).toEqual({
    vmstat_oom_kills_total: 3,
    vmstat_swap_in_bytes_total: 40_960,
    vmstat_swap_out_bytes_total: 81_920,
    vmstat_major_faults_total: 2560,
  });
});

test("rates, kills and the share of memory are those since the last report", async () => {
  const { value, earlier } = await compare(proc(3, 10, 20), proc(5, 25_010, 50_020, 2760));
  const seen = observeOne(vmstat, value, earlier);
  expect(seen['vmstat_oom_kills{window="report"}']).toBe(2);
  expect(seen['vmstat_swap_in_bytes_per_second{window="report"}']).toBe(1_024_000);
  expect(seen['vmstat_swap_out_bytes_per_second{window="report"}']).toBe(2_048_000);
  expect(seen['vmstat_swap_traffic_percent{window="report"}']).toBeCloseTo(30, 10);
  expect(seen['vmstat_major_faults_per_second{window="report"}']).toBe(2);
  const names = Object.keys(seen).map((key) => key.split("{", 1)[0] ?? "");
  expect(names.toSorted()).toEqual(Object.keys(vmstat.definitions).toSorted());
});

// prometheus/node_exporter#1791.
test("a counter that fell says nothing, and an old kernel that counts no kills observes none", async () => {
  const { value, earlier } = await compare(proc(5, 10, 20), proc(3, 10, 20));
  expect(observeOne(vmstat, value, earlier)['vmstat_oom_kills{window="report"}']).toBeUndefined();
  const old = await collect({ vmstat: "pswpin 1\npswpout 2\npgmajfault 3\n" });
  expect(Object.keys(observeOne(vmstat, old)).filter((key) => key.includes("oom"))).toEqual([]);
  expect(describeOne(vmstat, old)).toEqual([]);
});

test.each([
  [1, "1 process killed since the last report", "notable"],
  [3, "3 processes killed since the last report", "notable"],
  [0, "none since the last report", "detail"],
] as const)("%d kills since the last report are told", async (kills, line, importance) => {
  const { value, earlier } = await compare(proc(7, 0, 0), proc(7 + kills, 0, 0));
  expect(describeOne(vmstat, value, earlier)[0]).toEqual({
    label: "OOM kills",
    lines: [line],
    importance,
    about: ['vmstat_oom_kills{window="report"}'],
  });
});

test("kills before the first report are a detail", async () => {
  expect(describeOne(vmstat, await collect(proc(7, 0, 0)))).toMatchObject([
    { lines: ["7 processes killed since boot"], importance: "detail" },
  ]);
});

test.each([
  [75_000, "30 %", "notable"],
  [70_000, "28 %", "detail"],
] as const)("%d pages of swap traffic are %s of memory", async (pages, share, importance) => {
  const { value, earlier } = await compare(proc(0, 0, 0), proc(0, 0, pages));
  const row = describeOne(vmstat, value, earlier).find(({ label }) => label === "Swap in/out");
  expect(row?.lines[1]).toBe(`${share} of memory`);
  expect(row?.importance).toBe(importance);
});

/** What is counted in a cgroup of 512 MiB, in which two processes were killed. */
const limited = {
  "fs/cgroup/memory.max": "536870912\n",
  "fs/cgroup/memory.current": "1000000\n",
  "fs/cgroup/memory.stat": "inactive_file 0\nactive_file 0\npgmajfault 7\n",
  "fs/cgroup/memory.events": "oom 3\noom_kill 2\n",
};

const lxcfs = { "self/mountinfo": "90 80 0:50 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n" };

// pi-hole/FTL#2212, docker/docs#6833.
test.each<[string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
  ["with a limit", {}, limited],
  ["of lxcfs", lxcfs, { ...limited, "fs/cgroup/memory.max": "max\n" }],
])("in a container %s kills and faults are the container's, and the host's swap is nobody's", async (_, files, sys) => {
  const machine = { proc: { ...proc(41, 10, 20), "1/cgroup": "0::/\n", ...files }, sys };
  expect(observeOne(vmstat, await collectOne(vmstat, machine))).toEqual({
    vmstat_oom_kills_total: 2,
    vmstat_major_faults_total: 7,
  });
});

test("a container of lxcfs that counts no kills tells none of the host's", async () => {
  const machine = { proc: { ...proc(41, 10, 20), ...lxcfs } };
  expect(collectOne(vmstat, machine)).rejects.toBeInstanceOf(Unavailable);
});
