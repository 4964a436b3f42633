import { numbers } from "./numbers.ts";

const { count, duration, list } = numbers;

const ago = (seconds: number): string => `${duration(seconds)} ago`;

/** What `status` says, and `check` of the same. Times in the text are those of a program's log. */
export const status = {
  nothing: "nothing",
  schedule: {
    none: "none",
    noneYet: "none: server-metrics install makes one",
    /** One schedule: its place and line, its program's version. */
    runs: (place: string, line: string, version: string | null): string =>
      `${place}: ${line}${version === null ? "" : `; version ${version}`}`,
    unseen: "whether a cron runs cannot be seen by this user",
    problem: (place: string, problem: string, line: string): string => `${place}: ${problem}: ${line}`,
    cannotStart: (program: string): string => `${program} cannot be started`,
    /** Why a schedule starts nothing. */
    noCron: "no cron runs here (start it: systemctl enable --now cron, or crond, or cronie)",
    timerStopped: "the timer is not active (start it: systemctl enable --now server-metrics.timer)",
    double: (places: readonly string[]): string =>
      `${places.length} of them post cards with one state (${list(places)}): remove one`,
    several: (places: readonly string[]): string =>
      `${places.length} of them (${list(places)}): each with a state of its own posts its own cards and alerts`,
  },
  state: {
    unwanted: "none, as asked: nothing can be told of earlier runs",
    usable: (path: string, notes: readonly string[]): string => [path, ...notes].join("; "),
  },
  look: {
    next: (seconds: number): string => `in ${duration(seconds)}`,
    none: "none is remembered",
    noneIn: (path: string): string => `none is remembered in ${path}`,
    first: (seconds: number): string => `none yet: installed ${ago(seconds)}`,
    ahead: (time: string, seconds: number): string =>
      `at ${time}, ${duration(seconds)} from now: the clock was set back`,
    now: "just now",
    ago,
    late: (when: string): string => `${when}, and three have been due since`,
  },
  card: {
    none: "none yet",
    onItsWay: (when: string): string => `${when}; it has not arrived yet`,
  },
  failure: {
    once: ago,
    runs: (runs: number, sinceSeconds: number, lastSeconds: number): string =>
      `${runs} runs since ${ago(sinceSeconds)}, the last ${ago(lastSeconds)}`,
    says: (when: string, reason: string, code: number): string => `${when}: ${reason} (exit ${code})`,
    over: (says: string): string => `${says}; over`,
  },
  muted: {
    untilOver: (target: string): string => `${target} until it is over`,
    until: (target: string, time: string): string => `${target} until ${time}`,
    list,
  },
  waiting: (messages: number, oldestSeconds: number, reason: string | null): string =>
    [count.messages(messages), `the oldest ${ago(oldestSeconds)}`, ...(reason === null ? [] : [reason])].join("; "),
  refused: (messages: number, days: number, reason: string): string =>
    `${count.messages(messages)} of the last ${days} days: ${reason}`,
  /** Negative seconds are behind. */
  clock: (seconds: number): string =>
    `${duration(Math.abs(seconds))} ${seconds < 0 ? "behind" : "ahead of"} Discord's: set it, with NTP`,
  export: (to: string, problem: string): string => `${to}: ${problem}`,
  webhookGone: (time: string): string =>
    `gone since ${time}, says Discord: make a new one and set DISCORD_WEBHOOK_URL, or build again`,
  heartbeat: {
    to: (host: string): string => `to ${host}`,
    missed: (host: string, seconds: number, reason: string): string =>
      `${host}: not taken for ${duration(seconds)}: ${reason}`,
  },
};

export type StatusWords = typeof status;
