import { numbers } from "./numbers.ts";

const { duration, list } = numbers;

/** Why something was raised, as far as only an alert asks for it. Amounts of bytes come in as text. */
export const causes = {
  memoryByUnit: (users: readonly string[]): string => `memory by unit: ${list(users)}`,
  swapByUnit: (users: readonly string[]): string => `swap by unit: ${list(users)}`,
  cpuByUnit: (users: readonly string[]): string => `CPU by unit: ${list(users)}`,
  user: (name: string, amount: string): string => `${name} ${amount}`,
  grownUser: (name: string, amount: string, more: string, seconds: number): string =>
    `${name} ${amount} (+${more} in ${duration(seconds)})`,
  container: (name: string): string => `container ${name}`,
  forks: (perSecond: number): string => `${perSecond} processes started per second`,
  killed: (victims: readonly string[]): string => `killed: ${list(victims)}`,
  victim: (process: string, amount: string, group: string | null): string =>
    `${process} ${amount}${group === null ? "" : ` (${group})`}`,
  traffic: (users: readonly string[]): string => `disk traffic: ${list(users)}`,
  rate: (name: string, amount: string): string => `${name} ${amount}/s`,
  flood: (address: string, part: number, whole: number): string => `most from ${address}, ${part} of ${whole}`,
  /** Directories of a disk: those that grew, those that are the largest, those with the most files. */
  grew: (directories: readonly string[], seconds: number): string => `in ${duration(seconds)}: ${list(directories)}`,
  grown: (path: string, amount: string): string => `${path} +${amount}`,
  largest: (directories: readonly string[]): string => `largest: ${list(directories)}`,
  files: (directories: readonly string[]): string => `most files: ${list(directories)}`,
  held: (processes: readonly string[]): string => `deleted but still open: ${list(processes)}`,
  /** Commands, each with what it frees. */
  freeable: (commands: readonly string[]): string => `can be freed: ${list(commands)}`,
  gone: (array: string, members: readonly string[]): string => `no longer in ${array}: ${list(members)}`,
  host: "the host is short of CPU: its other guests are using it",
  /** What happened in the two hours before. */
  before: (things: readonly string[]): string => `before: ${list(things)}`,
  ago: (what: string, seconds: number): string => `${what} ${duration(seconds)} ago`,
  rebooted: "rebooted",
  packages: (names: readonly string[], action: "added" | "removed" | "changed"): string =>
    `${names.join(" and ")} ${action === "added" ? "installed" : action === "removed" ? "removed" : "upgraded"}`,
  started: (unit: string): string => `${unit} started`,
  kills: (count: number): string => `out of memory, ${count} ${count === 1 ? "process" : "processes"} killed`,
  job: (job: string, state: "running" | "ended" | "failed"): string =>
    `${job} ${state === "running" ? "started" : state}`,
};

export type CauseWords = typeof causes;
