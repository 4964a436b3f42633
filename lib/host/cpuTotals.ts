import * as v from "valibot";

import type { Clock } from "../clock.ts";

/** CPU time since the previous call, in milliseconds, as currentLoad() gives it. */
const Spent = v.object({
  rawCurrentLoadUser: v.number(),
  rawCurrentLoadNice: v.number(),
  rawCurrentLoadSystem: v.number(),
  rawCurrentLoadIdle: v.number(),
  rawCurrentLoadIrq: v.number(),
  cpus: v.pipe(v.array(v.unknown()), v.minLength(1)),
});

/** CPU time since this program first looked, summed over all CPUs, in milliseconds. */
export interface CpuTotals {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly irq: number;
  readonly cores: number;
}

/** Calls of currentLoad() that are closer together measure noise, or repeat the answer before. */
const apartMs = 500;

/**
 * Turns currentLoad()'s differences into the counters that everything else compares, by adding them up. Calls are kept
 * half a second apart, and whoever asks meanwhile shares the answer. Throws when the package answers something else.
 */
export function cpuTotals(readCurrentLoad: () => Promise<unknown>, clock: Clock): () => Promise<CpuTotals> {
  let totals: CpuTotals = { user: 0, nice: 0, system: 0, idle: 0, irq: 0, cores: 0 };
  let readAtMs = -Infinity;
  let pending: Promise<CpuTotals> | null = null;

  const read = async (): Promise<CpuTotals> => {
    const waitMs = readAtMs + apartMs - clock.monotonicMs();
    if (waitMs > 0) await clock.sleep(waitMs);
    const spent = v.parse(Spent, await readCurrentLoad());
    readAtMs = clock.monotonicMs();
    totals = {
      user: totals.user + spent.rawCurrentLoadUser,
      nice: totals.nice + spent.rawCurrentLoadNice,
      system: totals.system + spent.rawCurrentLoadSystem,
      idle: totals.idle + spent.rawCurrentLoadIdle,
      irq: totals.irq + spent.rawCurrentLoadIrq,
      cores: spent.cpus.length,
    };
    return totals;
  };
  return () => {
    pending ??= read().finally(() => {
      pending = null;
    });
    return pending;
  };
}
