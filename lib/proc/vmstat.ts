import { parseCount } from "./number.ts";

/** Counters of the memory management since boot; null where this kernel does not count it. */
export interface VmstatCounters {
  readonly oomKills: number | null;
  readonly swapInPages: number | null;
  readonly swapOutPages: number | null;
  readonly majorFaults: number | null;
}

/** Parses /proc/vmstat, `proc_vmstat(5)`. */
export function parseVmstat(text: string): VmstatCounters {
  const counters = new Map(Array.from(text.matchAll(/^(\w+) (\d+)\n/gm), ([, name, value]) => [name, value]));
  const counter = (name: string) => parseCount(counters.get(name));
  return {
    oomKills: counter("oom_kill"),
    swapInPages: counter("pswpin"),
    swapOutPages: counter("pswpout"),
    majorFaults: counter("pgmajfault"),
  };
}
