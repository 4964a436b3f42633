import { parseCounts } from "./number.ts";

/** CPU time since boot in clock ticks, `cpu` line of `proc_stat(5)`; guest time is already taken out of user and nice. */
export interface CpuTicks {
  readonly user: number;
  readonly nice: number;
  readonly system: number;
  readonly idle: number;
  readonly iowait: number;
  readonly irq: number;
  readonly softirq: number;
  readonly steal: number;
  readonly guest: number;
}

/** /proc/stat: the sum over all CPUs, and how many are online. */
export interface ProcStat {
  readonly ticks: CpuTicks;
  readonly cores: number;
}

/** Ticks of one CPU in a second: USER_HZ, which is 100 on every architecture that this runs on. */
const ticksPerSecond = 100;

/**
 * By how many ticks the counters of all CPUs should have grown, and by how many they may have. Counters that jump are a
 * known fault of virtual machines that were moved, of lxcfs, and of CPUs that come and go.
 */
export function expectedTicks(
  seconds: number,
  cores: number,
): { readonly usual: number; readonly most: number; readonly oneSecond: number } {
  const usual = seconds * cores * ticksPerSecond;
  const oneSecond = cores * ticksPerSecond;
  return { usual, most: 1.5 * usual + oneSecond, oneSecond };
}

/** Parses /proc/stat, `proc_stat(5)`. Fields that an old kernel lacks are 0. Throws when there is no `cpu` line. */
export function parseProcStat(text: string): ProcStat {
  // With the end of the line, because a line that was cut ends in a smaller number.
  const line = /^cpu +(.+)\n/m.exec(text)?.[1];
  if (line === undefined) throw new Error("/proc/stat has no cpu line");
  const fields = parseCounts(line.trim().split(/ +/));
  if (fields === null || fields.length < 4) throw new Error("/proc/stat is malformed");
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0, guest = 0] = fields;
  const guestNice = fields[9] ?? 0;
  return {
    // The kernel counts guest time in user as well, and guest_nice in nice; the sum must hold each tick once. It rounds
    // each of them down by itself.
    ticks: {
      user: Math.max(0, user - guest),
      nice: Math.max(0, nice - guestNice),
      system,
      idle,
      iowait,
      irq,
      softirq,
      steal,
      guest: guest + guestNice,
    },
    // Other lines follow those of the CPUs; without one the file was cut, and with it perhaps the list.
    cores: /^(?!cpu)\w/m.test(text) ? (text.match(/^cpu\d+ /gm)?.length ?? 0) : 0,
  };
}
