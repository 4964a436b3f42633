import * as v from "valibot";

import type { Host } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { isLxcfs, readCpuQuota, readTasks } from "../proc/cgroup.ts";
import { parseCount, parseDecimal } from "../proc/number.ts";
import { mostThreads } from "../proc/processes.ts";
import { parseProcStat } from "../proc/procStat.ts";

const schema = v.object({
  oneMinute: v.number(),
  fiveMinutes: v.number(),
  fifteenMinutes: v.number(),
  /** The CPUs that the averages are of: the host's in most containers. 0 when they are not known. */
  cores: v.number(),
  /** CPUs online; 0 when unknown. */
  online: v.number(),
  /** The container's CPU limit, in cores; null without one. */
  quotaCores: v.nullable(v.number()),
});

/**
 * Load averages and the cores to hold them against. Sources: /proc/loadavg, `proc_loadavg(5)`, the cpuN lines of
 * /proc/stat, and the CPU quota of a container.
 */
export type Load = v.InferOutput<typeof schema>;

/** It counts threads, so it is never more than all that there can be. */
function parseAverage(text: string): number | null {
  const average = parseDecimal(text);
  return average !== null && average <= mostThreads ? average : null;
}

/** Parses /proc/loadavg. Throws when it does not begin with three numbers. */
export function parseLoadavg(text: string): Omit<Load, "cores" | "online" | "quotaCores"> {
  const [oneMinute = null, fiveMinutes = null, fifteenMinutes = null] = text.trim().split(" ", 3).map(parseAverage);
  if (oneMinute === null || fiveMinutes === null || fifteenMinutes === null) {
    throw new Error("/proc/loadavg is malformed");
  }
  return { oneMinute, fiveMinutes, fifteenMinutes };
}

/**
 * The CPUs that the averages are of. /proc/loadavg is the host's, and then so must the CPUs be: those of lxcfs are not.
 * lxcfs mounts a file of its own over it in any case, but counts in it only when it was told to; then there are no more
 * threads in it than in the container.
 */
async function coresOf(
  host: Host,
  loadavg: string,
  { online, quotaCores }: Pick<Load, "online" | "quotaCores">,
): Promise<number> {
  const threads = parseCount(/\/(\d+) /.exec(loadavg)?.[1]);
  const tasks = (await isLxcfs(host, "loadavg")) ? await readTasks(host) : null;
  // They are not counted in one moment.
  const isOwn = threads !== null && tasks !== null && threads <= 1.5 * tasks + 16;
  if (isOwn) return Math.min(online, quotaCores ?? online);
  return (await isLxcfs(host, "stat")) ? 0 : online;
}

const semantic = (window: string) => ({ name: `system.cpu.load_average.${window}`, unit: "{thread}" });

/** Tasks that ran or waited on average, absolute and per core. */
export const load = defineMetric({
  order: 40,
  title: (words) => words.load.label,
  schema,
  core: true,
  definitions: {
    load_1m: gauge("ratio", "Load average over one minute.", {
      label: (words) => words.load.label,
      otlp: semantic("1m"),
    }),
    load_5m: gauge("ratio", "Load average over five minutes.", { otlp: semantic("5m") }),
    load_15m: gauge("ratio", "Load average over fifteen minutes.", { otlp: semantic("15m") }),
    load_15m_per_core: gauge("ratio", "Load average over fifteen minutes, for each core."),
    cpu_cores: gauge("count", "CPUs online, or a container's quota of them."),
  },
  collect: async (host) => {
    const text = await host.readProc("loadavg");
    const online = parseProcStat(await host.readProc("stat")).cores;
    const quotaCores = await readCpuQuota(host);
    return { ...parseLoadavg(text), cores: await coresOf(host, text, { online, quotaCores }), online, quotaCores };
  },
  observe: ({ oneMinute, fiveMinutes, fifteenMinutes, cores, online, quotaCores }) => [
    ...observations("load", { "1m": oneMinute, "5m": fiveMinutes, "15m": fifteenMinutes }),
    ...observations("load", { "15m_per_core": cores === 0 ? null : fifteenMinutes / cores }),
    ...observations("cpu", { cores: online === 0 ? null : Math.min(online, quotaCores ?? online) }),
  ],
  describe: (now, _earlier, { words: { load: words } }) => {
    const { label } = words;
    const about = ["load_15m_per_core"] as const;
    const longer = words.longer(now.fiveMinutes.toFixed(2), now.fifteenMinutes.toFixed(2));
    const oneMinute = now.oneMinute.toFixed(2);
    if (now.cores === 0) return [{ label, number: oneMinute, lines: [oneMinute, longer], importance: "core", about }];
    const quota = now.quotaCores ?? Infinity;
    const coresIn = quota > now.cores ? words.cores : quota < now.cores ? words.hostCores : words.limitedCores;
    const lines = [oneMinute, coresIn(Math.round(now.cores * 100) / 100), longer];
    return [{ label, percent: (now.oneMinute / now.cores) * 100, lines, importance: "core", about }];
  },
});
