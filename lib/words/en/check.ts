import { numbers } from "./numbers.ts";

const { count, duration, list, some } = numbers;

/** What `check` says, and the table of the rules. What is wrong is told as the errors are, which have one language. */
export const check = {
  settings: {
    defaults: "none, so all as by default",
    baked: "those built in",
    file: (path: string, mode: string, owner: number): string => `${path}; mode ${mode}, owner ${owner}`,
    open: (path: string, mode: string): string => `${path}: mode ${mode} lets other users read the secrets in it`,
  },
  webhook: (id: string, thread: string | null): string =>
    `${id} answers${thread === null ? "" : `; for thread ${thread}`}`,
  clock: {
    agrees: "agrees with Discord's",
    /** Negative seconds are behind. */
    off: (seconds: number): string =>
      `${duration(Math.abs(seconds))} ${seconds < 0 ? "behind" : "ahead of"} Discord's: set it, with NTP`,
  },
  target: (setting: string, meant: string): string => `${setting} matches nothing that was seen here${meant}`,
  export: {
    file: (name: string): string => `${name} can be written`,
    url: (name: string): string => `${name} answers`,
    problem: (name: string, problem: string): string => `${name}: ${problem}`,
  },
  state: {
    unwanted: "none, as asked",
    absent: (path: string): string => `${path}; nothing there yet, the first report begins it`,
    usable: (path: string, notes: readonly string[]): string => [path, ...notes].join("; "),
    locked: "held: another run is at work",
    free: "free",
  },
  heartbeat: {
    missed: (time: string, reason: string): string => `not taken since ${time}: ${reason}`,
    taken: "nothing known against it",
  },
  refused: (messages: number, days: number, reason: string): string =>
    `${count.messages(messages)} of the last ${days} days: ${reason}`,
  program: {
    mode: (mode: string): string => `mode ${mode}`,
    open: (mode: string): string => `mode ${mode} lets other users read the webhook`,
  },
  unseen: {
    says: (things: readonly string[]): string => `by this user, but by root: ${list(things)}`,
    jobs: (users: readonly string[]): string => `no such user, or its jobs may not be read: ${list(users)}`,
    docker: "Docker's containers",
    smart: "SMART of the disks",
    others: "other users' keys and crontabs",
    /** Files whose changes are not noticed. */
    changes: (paths: readonly string[]): string => `not seen, because not readable or too many: ${some(paths, 20)}`,
  },
  rules: {
    /** The state of a rule on a target. */
    state: { ok: "ok", warning: "warning", critical: "critical", off: "off", "no data": "no data" },
    now: (value: string): string => `now ${value}`,
    notSeen: "not seen now",
    /** A state that is wrong at once, or after some runs. */
    atOnce: (severity: string): string => `${severity} at once`,
    after: (severity: string, runs: number): string => `${severity} after ${runs} runs`,
    from: (used: number): string => ` from ${used} % used on`,
    runs: (runs: number): string => `, ${runs} runs`,
    lasting: (seconds: number): string => `, for ${duration(seconds)}`,
  },
};

export type CheckWords = typeof check;
