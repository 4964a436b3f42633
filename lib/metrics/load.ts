import * as v from "valibot";

import { defineMetric } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { readCpuQuota } from "../proc/cgroup.ts";
import { parseDecimal } from "../proc/number.ts";
import { mostThreads } from "../proc/processes.ts";
import { parseProcStat } from "../proc/procStat.ts";

const schema = v.object({
  oneMinute: v.number(),
  fiveMinutes: v.number(),
  fifteenMinutes: v.number(),
  /** CPUs online, or fewer where a container may not use them all; 0 when unknown. */
  cores: v.number(),
  /** What limits a container, in cores; null when nothing does. */
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
export function parseLoadavg(text: string): Omit<Load, "cores" | "quotaCores"> {
  const [oneMinute = null, fiveMinutes = null, fifteenMinutes = null] = text.trim().split(" ", 3).map(parseAverage);
  if (oneMinute === null || fiveMinutes === null || fifteenMinutes === null) {
    throw new Error("/proc/loadavg is malformed");
  }
  return { oneMinute, fiveMinutes, fifteenMinutes };
}

const semantic = (window: string) => ({ name: `system.cpu.load_average.${window}`, unit: "{thread}" });

/** How many tasks ran or waited on average, absolute and per core. */
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
    const averages = parseLoadavg(await host.readProc("loadavg"));
    const online = parseProcStat(await host.readProc("stat")).cores;
    const quotaCores = await readCpuQuota(host);
    return { ...averages, cores: Math.min(online, quotaCores ?? online), quotaCores };
  },
  observe: ({ oneMinute, fiveMinutes, fifteenMinutes, cores }) => [
    ...observations("load", { "1m": oneMinute, "5m": fiveMinutes, "15m": fifteenMinutes }),
    ...observations("load", { "15m_per_core": cores === 0 ? null : fifteenMinutes / cores }),
    ...observations("cpu", { cores: cores === 0 ? null : cores }),
  ],
  describe: (now, _earlier, { words: { load: words } }) => {
    const { label } = words;
    const about = ["load_15m_per_core"] as const;
    const longer = words.longer(now.fiveMinutes.toFixed(2), now.fifteenMinutes.toFixed(2));
    const oneMinute = now.oneMinute.toFixed(2);
    if (now.cores === 0) return [{ label, lines: [oneMinute, longer], importance: "core", about }];
    const isLimited = now.quotaCores !== null && now.quotaCores <= now.cores;
    const lines = [oneMinute, words.cores(Math.round(now.cores * 100) / 100, isLimited), longer];
    return [{ label, percent: (now.oneMinute / now.cores) * 100, lines, importance: "core", about }];
  },
});
