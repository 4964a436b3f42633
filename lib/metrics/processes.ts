import * as v from "valibot";

import { type Host, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { parseCount } from "../proc/number.ts";
import { listPids, mostThreads } from "../proc/processes.ts";

const schema = v.object({
  /** Null where /proc shows no processes. */
  processes: v.nullable(v.number()),
  /** The kernel hides the processes of others from this user, so that `processes` is not the machine's number. */
  onlyOwn: v.boolean(),
  threads: v.nullable(v.number()),
  running: v.nullable(v.number()),
  blocked: v.nullable(v.number()),
});

/**
 * How many processes and threads there are, run, and are blocked by I/O. Sources: the directories of /proc (`proc(5)`),
 * /proc/loadavg (`proc_loadavg(5)`), and procs_running and procs_blocked of /proc/stat (`proc_stat(5)`).
 */
export type Processes = v.InferOutput<typeof schema>;

/** The number of threads that a pattern finds in a text; null without the one or the other. */
function numberIn(text: string | null, pattern: RegExp): number | null {
  const count = parseCount(pattern.exec(text ?? "")?.[1]);
  return count === null || count > mostThreads ? null : count;
}

async function collectProcesses(host: Host): Promise<Processes> {
  const orNull = <T>(reading: Promise<T>) => reading.catch(() => null);
  const pids = (await orNull(listPids(host))) ?? [];
  const stat = await orNull(host.readProc("stat"));
  const counts = {
    processes: pids.length === 0 ? null : pids.length,
    threads: numberIn(await orNull(host.readProc("loadavg")), /\/(\d+) /),
    running: numberIn(stat, /^procs_running (\d+)$/m),
    blocked: numberIn(stat, /^procs_blocked (\d+)$/m),
  };
  if (Object.values(counts).every((count) => count === null)) throw new Unavailable("/proc shows no processes");
  return { ...counts, onlyOwn: pids.length > 0 && !pids.includes("1") };
}

/** Totals of processes; who they are is `topProcesses`. */
export const processes = defineMetric({
  order: 200,
  title: (words) => words.processes.label,
  schema,
  isDetail: true,
  definitions: {
    processes_count: gauge("count", "Processes of all users.", {
      otlp: { name: "system.process.count", additive: true, unit: "{process}" },
    }),
    processes_threads: gauge("count", "Threads of all processes, the kernel's own included."),
    processes_running: gauge("count", "Threads that run or wait for a CPU."),
    processes_blocked: gauge("count", "Processes that wait for I/O to complete."),
  },
  collect: collectProcesses,
  observe: ({ processes: count, onlyOwn, threads, running, blocked }) =>
    observations("processes", { count: onlyOwn ? null : count, threads, running, blocked }),
  describe: (
    { processes: count, onlyOwn, threads, running, blocked },
    _earlier,
    { words: { list, processes: words } },
  ) => {
    const states = [
      threads === null ? "" : words.threads(threads),
      running === null ? "" : words.running(running),
      blocked === null ? "" : words.blocked(blocked),
    ];
    const lines = [
      ...(count === null ? [] : [words.total(count, onlyOwn)]),
      list(states.filter((state) => state !== "")),
    ].filter((line) => line !== "");
    return [{ label: words.label, lines, importance: "detail", about: ["processes_count", "processes_blocked"] }];
  },
});
