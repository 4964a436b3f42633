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
