/** Counters of the memory management since boot; null where this kernel does not count it. */
export interface VmstatCounters {
  readonly oomKills: number | null;
  readonly swapInPages: number | null;
  readonly swapOutPages: number | null;
  readonly majorFaults: number | null;
}

/** Parses /proc/vmstat, `proc_vmstat(5)`. */
export function parseVmstat(text: string): VmstatCounters {
  const counters = new Map(Array.from(text.matchAll(/^(\w+) (\d+)$/gm), ([, name, value]) => [name, Number(value)]));
  return {
    oomKills: counters.get("oom_kill") ?? null,
    swapInPages: counters.get("pswpin") ?? null,
    swapOutPages: counters.get("pswpout") ?? null,
    majorFaults: counters.get("pgmajfault") ?? null,
  };
}
