import type { Severity } from "../../model/rule.ts";
import { numbers } from "./numbers.ts";

const { duration, list } = numbers;

const severity: Readonly<Record<Severity, string>> = { warning: "warning", critical: "critical" };

/** `crossed` is the threshold, or the words in its place; null where there is neither. */
const after = (crossed: string | null): string => (crossed === null ? "" : `, ${crossed}`);
const was = (from: Severity | null): string => `was ${from === null ? "" : severity[from]}`;
const lasting = (word: string, seconds: number, onAndOff: boolean): string =>
  `${onAndOff ? "on and off for" : word} ${duration(seconds)}`;

/** The texts of an alert. `bad` and `over` come from its rule. */
export const alerts = {
  severity,
  /** An alert on a card. */
  active: {
    easing: (over: string): string => `${over} (if it lasts)`,
    lastSeen: (bad: string, secondsAgo: number): string => `${bad} (last seen ${duration(secondsAgo)} ago)`,
  },
  headline: {
    raised: (bad: string, reason: string | null): string => bad + after(reason),
    better: (bad: string): string => `${bad}, no longer critical`,
    reminder: (bad: string, seconds: number): string => `${bad}, for ${duration(seconds)} now`,
    flapping: (bad: string): string => `${bad}, again and again`,
    longer: (bad: string, seconds: number): string => `${bad}, for ${duration(seconds)} now`,
  },
  threshold: (value: string): string => `limit ${value}`,
  clearThreshold: (value: string): string => `over at ${value}`,
  /** The times in the last week, this one among them, how long one takes, and how long one may take. */
  again: (count: number, usualSeconds: number, expectedSeconds: number): string =>
    ` (time ${count} in 7 days, usually for ${duration(usualSeconds)}; ` +
    `from now on told only if it lasts longer than ${duration(expectedSeconds)} or gets worse)`,
  sentence: {
    raised: (bad: string, to: Severity, crossed: string | null): string => `${bad}: ${severity[to]}${after(crossed)}`,
    changed: (
      bad: string,
      to: Severity,
      from: Severity | null,
      crossed: string | null,
      seconds: number,
      onAndOff: boolean,
    ): string => `${bad}: ${severity[to]}, ${was(from)}${after(crossed)}, ${lasting("for", seconds, onAndOff)}`,
    reminder: (bad: string, to: Severity, crossed: string | null, seconds: number): string =>
      `${bad}: still ${severity[to]}${after(crossed)}, for ${duration(seconds)}`,
    recovered: (over: string, from: Severity | null, seconds: number, onAndOff: boolean): string =>
      `${over}: ${was(from)}, ${lasting("lasted", seconds, onAndOff)}`,
    flapping: (bad: string, to: Severity, crossed: string | null): string =>
      `${bad}: ${severity[to]}${after(crossed)}, comes and goes`,
    longer: (bad: string, to: Severity, crossed: string | null, seconds: number): string =>
      `${bad}: ${severity[to]}${after(crossed)}, for ${duration(seconds)}, longer than the times before`,
  },
  /** The title: the listed news and the number of others. */
  title: (name: string, news: readonly string[], more: number): string =>
    `${name}: ${[...news, ...(more > 0 ? [`+${more} more`] : [])].join(" · ")}`,
  /** The same where an update brought the rules that found it. */
  titleOfUpdate: (name: string, news: readonly string[], more: number): string =>
    alerts.title(`${name}: found by the new version`, news, more),
  moreLines: (count: number): string => `… and ${count} more`,
  test: {
    name: (name: string): string => `${name} TEST`,
    text: "This is an example, sent by server-metrics test-alert. Nothing is wrong.",
  },
};

/** Events between two runs. Times come in as text. */
export const events = {
  rebooted: (downSeconds: number | null): string =>
    downSeconds === null ? "rebooted" : `rebooted, down for at most ${duration(downSeconds)}`,
  downBetween: (from: string, to: string): string => `down at some time between ${from} and ${to}`,
  downUntil: (to: string): string => `down until ${to}`,
  silent: (seconds: number): string => `no reports for ${duration(seconds)}`,
  silentBetween: (from: string, to: string): string => `the machine was up, but nothing ran from ${from} to ${to}`,
  /** Negative seconds are back. */
  clock: (seconds: number): string =>
    `clock moved ${seconds < 0 ? "back" : "forward"} by ${duration(Math.abs(seconds))}`,
  killed: (count: number): string =>
    `${count === 1 ? "1 process was killed" : `${count} processes were killed`} for lack of memory`,
  gone: (arrays: readonly string[], pools: readonly string[]): string =>
    list([...arrays.map((array) => `RAID ${array} is gone`), ...pools.map((pool) => `ZFS pool ${pool} is gone`)]),
  letGo: (bad: readonly string[]): string => `${numbers.some(bad)}: not there any more`,
  inARow: (news: string, count: number): string => `${news}, ${count} times in a row`,
  quiet: (hours: number, until: string | null): string =>
    `from now on quiet until it has not happened for ${hours} h${until === null ? "" : `, or until ${until}`}`,
};

/** Why something was raised. */
export const reasons = {
  topCpu: (users: readonly string[]): string => `most CPU now: ${list(users)}`,
  topMemory: (users: readonly string[]): string => `most memory now: ${list(users)}`,
  user: (process: string, amount: string): string => `${process} ${amount}`,
  iowait: (iowait: string, busy: string): string => `mostly waiting for disks: I/O wait ${iowait}, busy ${busy}`,
  steal: (steal: string): string => `mostly stolen by the host of this virtual machine: ${steal}`,
  fillsByHour: (mount: string, bytes: string, left: string): string =>
    `${mount}: +${bytes} an hour, full in about ${left}`,
  fillsByDay: (mount: string, bytes: string, left: string): string =>
    `${mount}: +${bytes} a day, full in about ${left}`,
  ofUpdate: (found: readonly string[]): string => `found by the new version: ${list(found)}`,
  finding: (label: string, lines: readonly string[]): string => `${label}: ${list(lines)}`,
};
