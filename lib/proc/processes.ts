import type { Host } from "../model/host.ts";
import { parseCount } from "./number.ts";

/** Each thread has a pid, and the kernel has no more of them than this: `PID_MAX_LIMIT`. */
export const mostThreads = 2 ** 22;

/** One line of /proc/[pid]/stat, `proc_pid_stat(5)`. */
export interface ProcessStat {
  readonly pid: number;
  /** The name that the process gave itself, up to 15 bytes; bytes that are not UTF-8 become U+FFFD. */
  readonly name: string;
  /** `R`, `S`, `D`, `Z`, … */
  readonly state: string;
  /** Time on a CPU, in programs and in the kernel, in clock ticks. */
  readonly cpuTicks: number;
  /** Start time, in clock ticks since the boot. With the pid it identifies the process. */
  readonly startTicks: number;
  readonly residentPages: number;
}

/**
 * Parses /proc/[pid]/stat, read as latin1. A name may hold blanks, brackets and line breaks, so what follows it is counted
 * from the last bracket. Null for a text without the shape.
 */
export function parseProcessStat(latin1: string): ProcessStat | null {
  const [open, close] = [latin1.indexOf("("), latin1.lastIndexOf(")")];
  const [state = "", ...fields] = latin1.slice(close + 2).split(" ");
  // Counted from the parent's pid, which is the fourth field of the line.
  const at = (field: number) => parseCount(fields[field - 4]);
  const name = Buffer.from(latin1.slice(open + 1, close), "latin1").toString();
  const pid = parseCount(latin1.slice(0, open).trim());
  const [userTicks, systemTicks, startTicks, residentPages] = [at(14), at(15), at(22), at(24)];
  if (open < 0 || close < open || pid === null || startTicks === null) return null;
  if (userTicks === null || systemTicks === null || residentPages === null) return null;
  return { pid, name, state, cpuTicks: userTicks + systemTicks, startTicks, residentPages };
}

/** The pids in /proc. With `hidepid` (`proc(5)`) only this user's, and 1 is not among them. */
export async function listPids(host: Host): Promise<readonly string[]> {
  return (await host.list("/proc")).filter((name) => /^\d+$/.test(name));
}

/** All processes in one pass; those that end meanwhile, or that may not be read, are not among them. */
export async function readProcesses(host: Host): Promise<readonly ProcessStat[]> {
  const pids = await listPids(host);
  const texts = await Promise.all(pids.map((pid) => host.readProc(`${pid}/stat`, "latin1").catch(() => "")));
  return texts.flatMap((text) => parseProcessStat(text) ?? []);
}
