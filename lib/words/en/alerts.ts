import type { Severity } from "../../model/rule.ts";
import { numbers } from "./numbers.ts";

const { duration, list } = numbers;

const severity: Readonly<Record<Severity, string>> = { warning: "warning", critical: "critical" };

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** The texts of an alert. `bad` and `over` come from its rule. */
export const alerts = {
  severity,
  /** An alert on a card. */
  active: {
    easing: (over: string): string => `${over} (still watching)`,
    lastSeen: (bad: string, secondsAgo: number): string => `${bad} (last seen ${duration(secondsAgo)} ago)`,
  },
  /** What a phone shows: what, how much, and how bad. */
  headline: {
    /** A sentence begins with it; `names` are what owners call their things, which keep their letters. */
    begin: (text: string, names: readonly string[]): string =>
      names.some((name) => name !== "" && text.startsWith(name)) ? text : text.charAt(0).toUpperCase() + text.slice(1),
    raised: (bad: string, to: Severity): string => `${bad}: ${severity[to]}`,
    worse: (bad: string, to: Severity): string => `${bad}: now ${severity[to]}`,
    better: (bad: string, to: Severity): string => `${bad}: ${severity[to]}, no longer critical`,
    /** The seconds are null for what is a time itself. */
    reminder: (bad: string, to: Severity, seconds: number | null): string =>
      `${bad}: still ${severity[to]}${seconds === null ? "" : `, for ${duration(seconds)}`}`,
    flapping: (bad: string, to: Severity): string => `${bad}: ${severity[to]}, on and off`,
    recovered: (over: string, seconds: number): string => `${over}, after ${duration(seconds)}`,
    /** An update brought the rules that found it and so many others. */
    ofUpdate: (text: string, others: number): string => `${text}${others === 0 ? "" : `, +${others}`} (new version)`,
    others: (critical: number, warnings: number, over: number, notices: number): string => {
      const kinds = [
        ...(critical > 0 ? [`${critical} critical`] : []),
        ...(warnings > 0 ? [counted(warnings, "warning")] : []),
        ...(over > 0 ? [`${over} recovered`] : []),
        ...(notices > 0 ? [counted(notices, "notice")] : []),
      ];
      // A phone shows one line.
      const shown = kinds.length > 2 ? [`${critical + warnings + over + notices} more`] : kinds;
      return shown.map((kind) => `, +${kind}`).join("");
    },
  },
  /** The same of one of several, behind what it is about. */
  row: {
    worse: (to: Severity): string => `now ${severity[to]}`,
    better: "no longer critical",
    lasting: (seconds: number): string => `for ${duration(seconds)}`,
    flapping: "on and off",
    recovered: (seconds: number): string => `after ${duration(seconds)}`,
  },
  threshold: (value: string): string => `limit ${value}`,
  clearThreshold: (value: string): string => `clears at ${value}`,
  since: (when: string): string => `since ${when}`,
  /** What it was before this. */
  before: (from: Severity, seconds: number): string =>
    `${from === "warning" ? "a warning" : "critical"} for ${duration(seconds)}`,
  /** What it was, and how bad at most. */
  past: (from: Severity, begin: string, end: string, most: string | null, onAndOff: boolean): string => {
    const was = onAndOff ? "On and off" : from === "warning" ? "Was a warning" : "Was critical";
    return `${was} from ${begin} to ${end}${most === null ? "" : `, ${most} at most`}`;
  },
  /** The times in the last week, this one among them, how long one takes, and how long one may take. */
  again: (count: number, usualSeconds: number): string =>
    `${count} times in 7 days, usually for ${duration(usualSeconds)}`,
  againQuiet: (expectedSeconds: number): string =>
    `next alert only if it lasts longer than ${duration(expectedSeconds)} or gets worse`,
  longer: "longer than before",
  nextReminder: (seconds: number): string => `next reminder in ${duration(seconds)}`,
  /** Before the command that mutes it. */
  quiet: "mute",
  moreLines: (count: number): string => `and ${count} more`,
  test: {
    name: (name: string): string => `${name} TEST`,
    text: "Test from server-metrics test-alert. Nothing is wrong.",
  },
};

/** Events between two runs. Times come in as text. */
export const events = {
  /** Without their times and numbers. */
  kinds: {
    rebooted: "rebooted",
    silent: "no reports for some time",
    clock: "clock changed",
    killed: "out of memory, processes killed",
    gone: "RAID array or ZFS pool is gone",
    letGo: "something is no longer there",
    changed: "something changed, see server-metrics changes",
  },
  rebooted: (downSeconds: number | null): string =>
    downSeconds === null ? "rebooted" : `rebooted, down at most ${duration(downSeconds)}`,
  downBetween: (from: string, to: string): string => `down between ${from} and ${to}`,
  downUntil: (to: string): string => `down until ${to}`,
  silent: (seconds: number): string => `no reports for ${duration(seconds)}`,
  silentBetween: (from: string, to: string): string => `server was up, nothing ran ${from} to ${to}`,
  /** Negative seconds are back. */
  clock: (seconds: number): string => `clock set ${seconds < 0 ? "back" : "forward"} by ${duration(Math.abs(seconds))}`,
  killed: (count: number): string => `out of memory, ${count} ${count === 1 ? "process" : "processes"} killed`,
  gone: (arrays: readonly string[], pools: readonly string[]): string =>
    list([...arrays.map((array) => `RAID ${array} is gone`), ...pools.map((pool) => `ZFS pool ${pool} is gone`)]),
  letGo: (bad: readonly string[]): string => `${numbers.some(bad)}: no longer there`,
  inARow: (news: string, count: number): string => `${news} (${count} in a row)`,
  quiet: (hours: number, until: string | null): string =>
    `quiet until ${hours} h pass without one${until === null ? "" : `, or until ${until}`}`,
};

/** Why something was raised. */
export const reasons = {
  topCpu: (users: readonly string[]): string => `top CPU: ${list(users)}`,
  topMemory: (users: readonly string[]): string => `top memory: ${list(users)}`,
  user: (process: string, amount: string): string => `${process} ${amount}`,
  iowait: (iowait: string, busy: string): string => `mostly I/O wait (${iowait}), CPU busy ${busy}`,
  waiting: (processes: readonly string[]): string => `waiting for a disk: ${list(processes)}`,
  steal: (steal: string): string => `the host is short of CPU: steal ${steal}`,
  swapped: (seconds: number): string => `in the last ${duration(seconds)}`,
  usedNow: (share: string): string => `${share} full now`,
  left: (bytes: string): string => `${bytes} free`,
  fillsByHour: (bytes: string): string => `+${bytes}/h`,
  fillsByDay: (bytes: string): string => `+${bytes}/day`,
  fullIn: (left: string): string => `full in about ${left}`,
  available: (amount: string): string => `${amount} of memory available now`,
  /** There is memory to spare, and something was killed for lack of it. */
  ownLimit: "probably the limit of one unit or container",
  ofUpdate: (found: readonly string[]): string => `found by the new version: ${list(found)}`,
  allOfUpdate: "found by rules that are new in this version",
  finding: (label: string, lines: readonly string[]): string => `${label}: ${list(lines)}`,
};
