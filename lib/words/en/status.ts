import { numbers } from "./numbers.ts";

const { count, duration, list } = numbers;

const ago = (seconds: number): string => `${duration(seconds)} ago`;

/** What `status` says, and `check` of the same. Times in the text are those of a program's log. */
export const status = {
  nothing: "nothing",
  schedule: {
    none: "none",
    noneYet: "none: run server-metrics install",
    /** One schedule: its place and line, its program's version. */
    runs: (place: string, line: string, version: string | null): string =>
      `${place}: ${line}${version === null ? "" : `; version ${version}`}`,
    unseen: "this user cannot see whether cron is running",
    problem: (place: string, problem: string, line: string): string => `${place}: ${problem}: ${line}`,
    cannotStart: (program: string): string => `${program} cannot be started`,
    /** Why a schedule starts nothing. */
    noCron: "cron is not running",
    timerStopped: "the timer is not active",
    double: (places: readonly string[]): string =>
      `${places.length} schedules post cards and share one state (${list(places)}): remove one`,
    several: (places: readonly string[]): string =>
      `${places.length} schedules (${list(places)}) with separate state: each posts its own cards and alerts`,
  },
  state: {
    unwanted: "off, as configured: nothing is known about earlier runs",
    usable: (path: string, notes: readonly string[]): string => [path, ...notes].join("; "),
  },
  look: {
    next: (seconds: number): string => `in ${duration(seconds)}`,
    none: "none on record",
    noneIn: (path: string): string => `none on record in ${path}`,
    first: (seconds: number): string => `none yet: installed ${ago(seconds)}`,
    ahead: (time: string, seconds: number): string =>
      `at ${time}, ${duration(seconds)} in the future: the clock was set back`,
    now: "just now",
    ago,
    late: (when: string): string => `${when}, and the next three are overdue`,
  },
  card: {
    none: "none yet",
    onItsWay: (when: string): string => `${when}; not delivered yet`,
    /** A plainer form of it may have been taken. */
    refused: (when: string): string => `${when}; refused as it was`,
  },
  failure: {
    once: ago,
    runs: (runs: number, sinceSeconds: number, lastSeconds: number): string =>
      `${runs} runs in the last ${duration(sinceSeconds)}, most recently ${ago(lastSeconds)}`,
    says: (when: string, reason: string, code: number): string => `${when}: ${reason} (exit ${code})`,
    over: (says: string): string => `${says}; resolved`,
    /** The webhook that was gone is not the one that is set now. */
    replaced: (says: string): string => `${says}; another webhook is set since then: the next run tries it`,
  },
  muted: {
    untilOver: (target: string): string => `${target} until it is over`,
    until: (target: string, time: string): string => `${target} until ${time}`,
    list,
  },
  waiting: (messages: number, oldestSeconds: number, reason: string | null): string =>
    [count.messages(messages), `the oldest ${ago(oldestSeconds)}`, ...(reason === null ? [] : [reason])].join("; "),
  refused: (messages: number, days: number, reason: string): string =>
    `${count.messages(messages)} in the last ${days} days: ${reason}`,
  /** Negative seconds are behind. */
  clock: (seconds: number): string => `${duration(Math.abs(seconds))} ${seconds < 0 ? "behind" : "ahead of"} Discord`,
  export: (to: string, problem: string): string => `${to}: ${problem}`,
  webhookGone: (time: string): string =>
    `deleted in Discord, known since ${time}: create a new one and set DISCORD_WEBHOOK_URL, or build again`,
  heartbeat: {
    to: (host: string): string => `to ${host}`,
    missed: (host: string, seconds: number, reason: string): string =>
      `${host}: failing for ${duration(seconds)}: ${reason}`,
  },
};

export type StatusWords = typeof status;
