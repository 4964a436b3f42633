import * as v from "valibot";

import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Earlier } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { parsePageSize } from "../proc/auxv.ts";
import { parseCount, sharePercent } from "../proc/number.ts";
import { parseProcStat } from "../proc/procStat.ts";
import { type ProcessStat, readProcesses } from "../proc/processes.ts";

const schema = v.object({
  /** The kernel hides the processes of others from this user. */
  onlyOwn: v.boolean(),
  zombies: v.number(),
  /** Names of those that wait for a disk and cannot be interrupted. */
  waiting: v.exactOptional(v.array(v.string())),
  /** The largest by resident memory, the largest first. */
  largest: v.array(v.object({ pid: v.number(), name: v.string(), residentBytes: v.number() })),
  /** CPU time of the whole machine since boot, idle time included, in clock ticks. */
  machineTicks: v.number(),
  /** All that ever took a tick: pid, start and CPU time in clock ticks, name. Rows, because there may be thousands. */
  cpu: v.array(v.tuple([v.number(), v.number(), v.number(), v.string()])),
});

/**
 * The processes that use the most, and the zombies. This program itself is left out. Sources: /proc/[pid]/stat
 * (`proc_pid_stat(5)`), /proc/stat (`proc_stat(5)`), and the page size of /proc/self/auxv (`getauxval(3)`).
 */
export type TopProcesses = v.InferOutput<typeof schema>;

/** A process and its share of the machine's CPU time. */
export interface CpuUser {
  readonly pid: number;
  readonly name: string;
  readonly percent: number;
}

const shown = 3;

/** No address space is larger than 2^57 bytes, so no process has more in RAM. */
const mostResidentBytes = 2 ** 57;

/**
 * Who used the CPUs between two readings, the busiest first, in percent of the whole machine like the CPU row: one
 * process that keeps one of four CPUs busy has 25 %. Null when the machine's counters did not move. What ended before
 * the second reading is not known.
 */
export function topByCpu(before: TopProcesses, now: TopProcesses): readonly CpuUser[] | null {
  const machineTicks = now.machineTicks - before.machineTicks;
  // Above 2^53 a difference is not exact: only garbage is so large.
  if (machineTicks <= 0 || now.machineTicks > 2 ** 53) return null;
  // A new process had no ticks yet; its start time distinguishes it from an earlier one of the same pid.
  const earlier = new Map(before.cpu.map(([pid, startTicks, ticks]) => [`${pid} ${startTicks}`, ticks]));
  return now.cpu
    .map(([pid, startTicks, ticks, name]) => {
      const spent = ticks - (earlier.get(`${pid} ${startTicks}`) ?? 0);
      return { pid, name, percent: sharePercent(Math.min(spent, machineTicks), machineTicks) ?? 0 };
    })
    .filter((user) => user.percent > 0)
    .toSorted((one, other) => other.percent - one.percent)
    .slice(0, shown);
}

const toRow = ({ pid, startTicks, cpuTicks, name }: ProcessStat): TopProcesses["cpu"][number] => [
  pid,
  startTicks,
  cpuTicks,
  name,
];

async function collectTopProcesses(host: Host): Promise<TopProcesses> {
  const { ticks } = parseProcStat(await host.readProc("stat"));
  const self = parseCount((await host.readProc("self/stat", "latin1").catch(() => "")).split(" ", 1)[0]);
  const pageBytes = parsePageSize(await host.readProc("self/auxv", "latin1").catch(() => ""));
  const all = await readProcesses(host);
  const processes = all.filter(({ pid }) => pid !== self);
  if (processes.length === 0) throw new Unavailable("/proc shows no processes");
  const waiting = new Set(processes.filter(({ state }) => state === "D").map(({ name }) => name));
  return {
    onlyOwn: !all.some(({ pid }) => pid === 1),
    zombies: processes.filter(({ state }) => state === "Z").length,
    ...(waiting.size === 0 ? {} : { waiting: [...waiting].slice(0, shown) }),
    largest: processes
      .filter(({ residentPages }) => residentPages > 0 && residentPages * pageBytes <= mostResidentBytes)
      .toSorted((one, other) => other.residentPages - one.residentPages)
      .slice(0, shown)
      .map(({ pid, name, residentPages }) => ({ pid, name, residentBytes: residentPages * pageBytes })),
    machineTicks: Object.values({ ...ticks }).reduce((sum, spent) => sum + spent, 0),
    cpu: processes.filter(({ cpuTicks }) => cpuTicks > 0).map(toRow),
  };
}

const windows = ["report", "sample"] as const;

const topByCpuIn = (window: (typeof windows)[number], now: TopProcesses, earlier: Earlier<TopProcesses>) => {
  const since = earlier[window];
  return since === null ? null : topByCpu(since.before, now);
};

/** The processes that use most of the CPUs and of the memory, three of each. */
export const topProcesses = defineMetric({
  order: 210,
  title: (words) => words.topProcesses.title,
  schema,
  isDetail: true,
  sampled: true,
  onDemand: true,
  definitions: {
    top_processes_cpu_percent: gauge(
      "percent",
      "Share of the whole machine's CPU time; window sample: during the run, report: since the last report.",
      { fleeting: true },
    ),
    top_processes_resident_bytes: gauge("bytes", "Memory that the process has in RAM.", { fleeting: true }),
    top_processes_zombies: gauge("count", "Processes that ended and were not waited for."),
  },
  collect: collectTopProcesses,
  observe: (now, earlier) => [
    ...windows.flatMap((window) =>
      (topByCpuIn(window, now, earlier) ?? []).map(({ pid, name: process, percent: value }) => {
        const labels = { process, pid: String(pid), window };
        return { name: "top_processes_cpu_percent", labels, value } as const;
      }),
    ),
    ...now.largest.map(({ pid, name: process, residentBytes: value }) => {
      const labels = { process, pid: String(pid) };
      return { name: "top_processes_resident_bytes", labels, value } as const;
    }),
    ...(now.onlyOwn ? [] : observations("top_processes", { zombies: now.zombies })),
  ],
  describe: (now, earlier, { format, words }) => {
    const forms = words.topProcesses;
    const users = topByCpuIn("report", now, earlier) ?? topByCpuIn("sample", now, earlier);
    const cpuLines = users?.map(({ pid, name, percent: share }) => forms.line(words.percent(share), name, pid)) ?? [];
    const memoryLines = now.largest.map(({ pid, name, residentBytes }) =>
      forms.line(format.bytes(residentBytes), name, pid),
    );
    const row = (label: string, lines: readonly string[]) => {
      const note = now.onlyOwn ? [forms.onlyOwn] : [];
      return lines.length === 0
        ? []
        : [{ label, lines: [...lines, ...note], importance: "detail", about: [] } as const];
    };
    return [
      ...row(forms.cpu, cpuLines),
      ...row(forms.memory, memoryLines),
      ...row(forms.zombies, now.zombies === 0 ? [] : [String(now.zombies)]),
    ];
  },
});
