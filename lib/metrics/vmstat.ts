import * as v from "valibot";

import { significant } from "../format.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Row, type Since, type Wording } from "../model/metric.ts";
import { gauge, observationKey, observations, rate, total } from "../model/observation.ts";
import { parsePageSize } from "../proc/auxv.ts";
import { isLxcfs, type MemoryEvents, readContainerEvents, readMemoryLimit } from "../proc/cgroup.ts";
import { knownCount, parseCount } from "../proc/number.ts";
import { parseVmstat, type VmstatCounters } from "../proc/vmstat.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.object({
  oomKills: v.nullable(v.number()),
  swapInPages: v.nullable(v.number()),
  swapOutPages: v.nullable(v.number()),
  majorFaults: v.nullable(v.number()),
  pageBytes: v.number(),
  memoryBytes: v.nullable(v.number()),
});

/**
 * What the memory management has counted since boot; null where this kernel does not count it. Sources: /proc/vmstat,
 * `proc_vmstat(5)`; oom_kill since Linux 4.13, and it includes kills at the limit of a control group. The page size is
 * AT_PAGESZ of /proc/self/auxv, and 4096 where that may not be read.
 */
export type Vmstat = v.InferOutput<typeof schema>;

/** Of a container with memory of its own, what was counted in it: /proc/vmstat is the host's. Null on a machine. */
async function readOwnEvents(host: Host, memoryBytes: number | null): Promise<MemoryEvents | null> {
  if (await isLxcfs(host, "meminfo")) return readContainerEvents(host);
  const limit = await readMemoryLimit(host);
  return limit !== null && limit.limitBytes < (memoryBytes ?? Infinity) ? limit : null;
}

async function collectVmstat(host: Host): Promise<Vmstat> {
  const ofKernel = parseVmstat(await host.readProc("vmstat"));
  const meminfo = await host.readProc("meminfo").catch(() => "");
  const totalKib = parseCount(/^MemTotal:\s+(\d+) kB$/m.exec(meminfo)?.[1]);
  const memoryBytes = totalKib === null ? null : totalKib * 1024;
  const own = await readOwnEvents(host, memoryBytes);
  const counters =
    own === null
      ? ofKernel
      : { oomKills: own.oomKills, majorFaults: own.majorFaults, swapInPages: null, swapOutPages: null };
  if (Object.values(counters).every((counter) => counter === null)) {
    throw new Unavailable("not counted by this kernel");
  }
  const pageBytes = parsePageSize(await host.readProc("self/auxv", "latin1").catch(() => ""));
  const possible = (pages: number | null) => (knownCount((pages ?? NaN) * pageBytes) === null ? null : pages);
  return {
    ...counters,
    swapInPages: possible(counters.swapInPages),
    swapOutPages: possible(counters.swapOutPages),
    pageBytes,
    memoryBytes,
  };
}

function perSecond(now: Vmstat, since: Since<Vmstat> | null, counter: keyof VmstatCounters): number | null {
  const [value, before] = [now[counter], since?.before[counter] ?? null];
  return since === null || value === null || before === null ? null : rate(value, before, since.seconds);
}

/** Traffic over less than a minute, and a few seconds for what cron is late, is a burst. */
const shortestTrafficSeconds = 55;

/** Everything that happened between two readings; null is what cannot be said. */
function changesSince(now: Vmstat, since: Since<Vmstat> | null) {
  const bytes = (counter: "swapInPages" | "swapOutPages") => {
    const pages = perSecond(now, since, counter);
    return pages === null ? null : pages * now.pageBytes;
  };
  const kills = perSecond(now, since, "oomKills");
  const [swapIn, swapOut] = [bytes("swapInPages"), bytes("swapOutPages")];
  const seconds = since?.seconds ?? 0;
  return {
    oom_kills: kills === null ? null : Math.round(kills * seconds),
    swap_in_bytes_per_second: swapIn,
    swap_out_bytes_per_second: swapOut,
    swap_traffic_percent:
      swapIn === null || swapOut === null || !now.memoryBytes || seconds < shortestTrafficSeconds
        ? null
        : ((swapIn + swapOut) * seconds * 100) / now.memoryBytes,
    major_faults_per_second: perSecond(now, since, "majorFaults"),
  };
}

function observeVmstat(now: Vmstat, since: Since<Vmstat> | null) {
  const bytes = (pages: number | null) => (pages === null ? null : pages * now.pageBytes);
  const totals = {
    oom_kills_total: now.oomKills,
    swap_in_bytes_total: bytes(now.swapInPages),
    swap_out_bytes_total: bytes(now.swapOutPages),
    major_faults_total: now.majorFaults,
  };
  return [...observations("vmstat", totals), ...observations("vmstat", changesSince(now, since), { window: "report" })];
}

type Changes = ReturnType<typeof changesSince>;

const reportKey = <const Name extends string>(name: Name) => observationKey({ name, labels: { window: "report" } });

function describeKills(
  { oomKills }: Vmstat,
  { oom_kills: kills }: Changes,
  { oom: words }: RowWords,
): readonly Row<"vmstat_oom_kills">[] {
  const count = kills ?? oomKills;
  if (count === null) return [];
  return [
    {
      label: words.label,
      lines: [words.killed(count, kills !== null)],
      importance: kills !== null && kills > 0 ? "notable" : "detail",
      about: [reportKey("vmstat_oom_kills")],
    },
  ];
}

/** Share of memory that went through swap since the last report from which on it is news. */
const heavySwapPercent = 30;

function describeSwap(
  changes: Changes,
  { format, words: { swapIo: words, percent, thresholdsOf } }: Wording,
): readonly Row<"vmstat_swap_traffic_percent">[] {
  const { swap_in_bytes_per_second: swapIn, swap_out_bytes_per_second: swapOut, swap_traffic_percent: share } = changes;
  if (swapIn === null || swapOut === null) return [];
  return [
    {
      label: words.label,
      lines: [
        words.line(format.bytes(swapIn), format.bytes(swapOut)),
        ...(share === null ? [] : [words.share(percent(share, thresholdsOf("vmstat_swap_traffic_percent", {})))]),
      ],
      importance: share !== null && share >= heavySwapPercent ? "notable" : "detail",
      about: [reportKey("vmstat_swap_traffic_percent")],
    },
  ];
}

function describeFaults(
  { major_faults_per_second: faults }: Changes,
  { faults: words }: RowWords,
): readonly Row<never>[] {
  if (faults === null) return [];
  return [{ label: words.label, lines: [words.line(significant(faults))], importance: "detail", about: [] }];
}

/** Processes killed for lack of memory, swap traffic, and pages that had to be read from disk. */
export const vmstat = defineMetric({
  order: 60,
  title: (words) => words.vmstat.title,
  schema,
  definitions: {
    vmstat_oom_kills_total: total("count", "Processes killed for lack of memory."),
    vmstat_oom_kills: gauge("count", "Processes killed so since the last report."),
    vmstat_swap_in_bytes_total: total("bytes", "Memory read back from swap."),
    vmstat_swap_out_bytes_total: total("bytes", "Memory written to swap."),
    vmstat_swap_in_bytes_per_second: gauge("bytes_per_second", "Memory read back from swap."),
    vmstat_swap_out_bytes_per_second: gauge("bytes_per_second", "Memory written to swap."),
    vmstat_swap_traffic_percent: gauge(
      "percent",
      "All that went to swap and back since the last report, as a share of memory.",
      { canExceed: true },
    ),
    vmstat_major_faults_total: total("count", "Page faults that had to read from disk.", {
      name: "system.paging.faults",
      unit: "{fault}",
      attributes: { "system.paging.fault.type": "major" },
    }),
    vmstat_major_faults_per_second: gauge("per_second", "Page faults that read from disk."),
  },
  collect: collectVmstat,
  observe: (now, { report }) => observeVmstat(now, report),
  describe: (now, { report }, wording) => {
    const changes = changesSince(now, report);
    return [
      ...describeKills(now, changes, wording.words),
      ...describeSwap(changes, wording),
      ...describeFaults(changes, wording.words),
    ];
  },
});
