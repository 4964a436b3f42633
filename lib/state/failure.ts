import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { timeMs } from "../clock.ts";
import { attempt } from "./fault.ts";
import { endComplaint, getValue, setValue } from "./keyValue.ts";
import { together } from "./together.ts";

const Failure = v.object({
  /** When the first of these runs failed, and the last; milliseconds since the epoch. */
  sinceMs: timeMs,
  atMs: timeMs,
  /** Runs that failed one after the other. */
  runs: v.number(),
  reason: v.string(),
  code: v.number(),
  /** Whether a later run went well. */
  isOver: v.boolean(),
});
/** The last failure. Cron throws away what a run says where there is no mail. */
export type Failure = v.InferOutput<typeof Failure>;

const stored = v.pipe(v.string(), v.parseJson(), Failure);

/** The last failure; null when there was none. */
export function lastFailure(database: Database): Failure | null {
  const read = v.safeParse(stored, getValue(database, "last_failure"));
  return read.success ? read.output : null;
}

/** Two words on failures so close together are of one run. */
const sameRunMs = 10_000;

/** Remembers that a run failed. A disk that refuses is told elsewhere. */
export function noteFailure(database: Database, nowMs: number, code: number, reason: string): void {
  attempt(() => {
    const before = lastFailure(database);
    const goesOn = before !== null && !before.isOver;
    const isSameRun = goesOn && nowMs >= before.atMs && nowMs - before.atMs < sameRunMs;
    const [sinceMs, runs] = goesOn ? [before.sinceMs, before.runs + (isSameRun ? 0 : 1)] : [nowMs, 1];
    const failure: Failure = { sinceMs, atMs: nowMs, runs, reason: reason.slice(0, 500), code, isOver: false };
    setValue(database, "last_failure", JSON.stringify(failure));
  });
}

const unended = `
  SELECT 1 FROM fact WHERE name = 'complained_at'
    OR (name = 'last_failure' AND NOT (json_valid(value) AND ifnull(json_extract(value, '$.isOver'), 0)))`;

/** A run went well: what was complained of is over. */
export function endTrouble(database: Database): void {
  attempt(() => {
    if (database.query(unended).get() === null) return;
    together(database, () => {
      endComplaint(database);
      endFailure(database);
    });
  });
}

/** Remembers that a run went well again. */
export function endFailure(database: Database): void {
  attempt(() => {
    const before = lastFailure(database);
    if (before !== null && !before.isOver)
      setValue(database, "last_failure", JSON.stringify({ ...before, isOver: true }));
  });
}
