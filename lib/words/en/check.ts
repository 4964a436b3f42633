import { numbers } from "./numbers.ts";

const { count, duration, list, some } = numbers;

/** What `check` says, and the table of the rules. What is wrong is told as the errors are, which have one language. */
export const check = {
  settings: {
    defaults: "none, all defaults",
    baked: "built in",
    file: (path: string, mode: string, owner: number): string => `${path}; mode ${mode}, owner ${owner}`,
    open: (path: string, mode: string): string => `${path}: mode ${mode} lets other users read the secrets in it`,
  },
  webhook: (id: string, thread: string | null): string =>
    `${id} answers${thread === null ? "" : `; posts to thread ${thread}`}`,
  clock: {
    agrees: "in sync with Discord",
    /** Negative seconds are behind. */
    off: (seconds: number): string => `${duration(Math.abs(seconds))} ${seconds < 0 ? "behind" : "ahead of"} Discord`,
  },
  target: (setting: string, meant: string): string => `${setting} matches nothing seen here${meant}`,
  export: {
    file: (name: string): string => `${name} can be written`,
    url: (name: string): string => `${name} answers`,
    problem: (name: string, problem: string): string => `${name}: ${problem}`,
  },
  state: {
    unwanted: "off, as configured",
    absent: (path: string): string => `${path}; not created yet, the first report does that`,
    usable: (path: string, notes: readonly string[]): string => [path, ...notes].join("; "),
    locked: "held by another run",
    free: "free",
  },
  program: {
    mode: (mode: string): string => `mode ${mode}`,
    open: (mode: string): string => `mode ${mode} lets other users read the webhook`,
  },
  unseen: {
    says: (things: readonly string[]): string => `to this user, only to root: ${list(things)}`,
    jobs: (users: readonly string[]): string => `no such user, or no permission to read its jobs: ${list(users)}`,
    docker: "Docker containers",
    smart: "disk SMART data",
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
    after: (severity: string, runs: number): string => `${severity} after ${count.runs(runs)}`,
    from: (used: number): string => ` while at least ${used} % is used`,
    runs: (runs: number): string => `, ${count.runs(runs)} in a row`,
    lasting: (seconds: number): string => `, for ${duration(seconds)}`,
  },
};

export type CheckWords = typeof check;
