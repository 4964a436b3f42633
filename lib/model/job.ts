import * as v from "valibot";

import { timeMs } from "../clock.ts";

/** What `server-metrics job` remembers of one run of a cron job. */
const JobRun = v.object({
  startedAt: timeMs,
  /** Null while it runs, and for ever when the machine went down with it. */
  endedAt: v.nullable(timeMs),
  /** As a shell has it: 128 + N for one that signal N ended. */
  exit: v.nullable(v.number()),
});

/** The file of a job, oldest run first. The command's words are not kept: they may hold a password. */
export const JobRecord = v.object({
  job: v.string(),
  runs: v.array(JobRun),
  /** The last lines that the last finished run wrote to its standard error, or to both outputs where they are one. */
  lastLines: v.array(v.string()),
});
export type JobRecord = v.InferOutput<typeof JobRecord>;
export type JobRun = v.InferOutput<typeof JobRun>;

const nameExpected = /^[\p{L}\p{N}][\p{L}\p{N}._@+ -]{0,59}$/u;

/** Whether a job may be called so: the name is part of a file's. */
export const isJobName = (name: string): boolean => nameExpected.test(name) && !name.endsWith(" ");

/** In the directory of a state. */
export const jobsDirectory = "jobs";

/** The file of a job in that directory. */
export const jobFile = (name: string): string => `${name}.json`;

/** Enough for what is usual; a job each minute keeps half an hour, one each day a month. */
const kept = 30;

/** A record with this run in place of the one that started at the same time, or behind the others. */
export function withRun(record: JobRecord, run: JobRun, lastLines: readonly string[] = record.lastLines): JobRecord {
  const others = record.runs.filter(({ startedAt }) => startedAt !== run.startedAt);
  const runs = [...others, run].toSorted((one, other) => one.startedAt - other.startedAt).slice(-kept);
  return { ...record, runs, lastLines: [...lastLines] };
}

/** The record in a text; an empty one where it is none, because a job that ran is better news than a broken file. */
export function parseRecord(job: string, text: string): JobRecord {
  try {
    return v.parse(JobRecord, JSON.parse(text));
  } catch {
    return { job, runs: [], lastLines: [] };
  }
}

/** What a record says at a time. Times are seconds. */
export interface JobStanding {
  /** `unfinished`: the machine went down while it ran. */
  readonly state: "ok" | "running" | "failed" | "unfinished";
  /** Of the last run that ended, or of the one that the machine cut off. */
  readonly exit: number | null;
  /** Since the last run ended, or began if it has not. */
  readonly ago: number;
  /** How long the last run took, or has taken so far. */
  readonly took: number;
  /** It takes, or took, more than twice as long as usual. */
  readonly isSlow: boolean;
  /** It should have begun by now. */
  readonly isLate: boolean;
  /** Since it last began, and what is usual between two beginnings; null while that is not known. */
  readonly pause: number;
  readonly usualPause: number | null;
  readonly usualTook: number | null;
}

/** A run that takes a minute longer is no news, whatever it usually takes. */
const leastDelay = 60;
/** So many runs make a habit. */
const habit = 3;
const week = 7 * 86_400;

/** Judges a job by its own past runs. Null for one that never ran. */
export function judgeJob({ runs }: JobRecord, atMs: number, bootedAtMs: number | null): JobStanding | null {
  const last = runs.at(-1);
  if (last === undefined) return null;
  const isCut = last.endedAt === null && bootedAtMs !== null && last.startedAt < bootedAtMs;
  const ended = runs.filter((one) => one !== last && one.endedAt !== null);
  const usualTook = median(ended.filter(({ exit }) => exit === 0).map(tookOf));
  const took = last.endedAt === null ? seconds(last.startedAt, isCut ? bootedAtMs : atMs) : tookOf(last);
  const pauses = runs.slice(1).map((one, index) => seconds(runs[index]?.startedAt ?? one.startedAt, one.startedAt));
  const pause = seconds(last.startedAt, atMs);
  return {
    state: stateOf(last, isCut),
    exit: last.exit,
    ago: seconds(last.endedAt ?? last.startedAt, atMs),
    took,
    isSlow: !isCut && usualTook !== null && took > 2 * usualTook && took > usualTook + leastDelay,
    isLate: last.endedAt !== null && pause > longestPause(pauses),
    pause,
    usualPause: median(pauses),
    usualTook,
  };
}

function stateOf({ endedAt, exit }: JobRun, isCut: boolean): JobStanding["state"] {
  if (isCut) return "unfinished";
  if (endedAt === null) return "running";
  return exit === 0 ? "ok" : "failed";
}

const seconds = (fromMs: number, toMs: number) => Math.max(0, (toMs - fromMs) / 1000);
const tookOf = ({ startedAt, endedAt }: JobRun) => seconds(startedAt, endedAt ?? startedAt);

/**
 * A quarter more than the longest pause so far, and ten minutes. Less than a week of a daily job says nothing of its
 * weekend, so until then three days more.
 */
function longestPause(pauses: readonly number[]): number {
  if (pauses.length < habit - 1) return Infinity;
  const longest = Math.max(...pauses);
  const sum = pauses.reduce((whole, one) => whole + one, 0);
  const weekend = longest > week / 14 && sum < week ? 3 * 86_400 : 0;
  return longest * 1.25 + 600 + weekend;
}

function median(values: readonly number[]): number | null {
  if (values.length < habit - 1) return null;
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? null;
}
