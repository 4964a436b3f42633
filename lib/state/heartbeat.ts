import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { dayMs, timeMs } from "../clock.ts";
import type { Note } from "../model/note.ts";
import { attempt } from "./fault.ts";
import { getValue, setValue } from "./keyValue.ts";

const Missed = v.object({ reason: v.string(), sinceMs: timeMs, saidMs: v.nullable(timeMs) });
/** A heartbeat that is not taken: why, since when, and when a card last told it; milliseconds since the epoch. */
export type MissedHeartbeat = v.InferOutput<typeof Missed>;

const missedText = v.pipe(v.string(), v.parseJson(), Missed);

/** The heartbeat that is not taken; null when the last one was, and when it cannot be read. */
export function missedHeartbeat(database: Database): MissedHeartbeat | null {
  const read = attempt(() => v.safeParse(missedText, getValue(database, "heartbeat")));
  return read.ok && read.value.success ? read.value.output : null;
}

/** Remembers what became of a heartbeat; `problem` is null when it was taken. */
export function noteHeartbeat(database: Database, problem: string | null, nowMs: number): void {
  const before = missedHeartbeat(database);
  if (problem === null && before === null) return;
  const missed = problem === null ? null : { ...(before ?? { sinceMs: nowMs, saidMs: null }), reason: problem };
  attempt(() => setValue(database, "heartbeat", missed === null ? null : JSON.stringify(missed)));
}

/** The note of a message: once a day, or on each message of a live card while it lasts. */
export function takeHeartbeatNotes(database: Database, nowMs: number, isSteady: boolean): readonly Note[] {
  const missed = missedHeartbeat(database);
  if (missed === null) return [];
  const { reason, saidMs } = missed;
  const isNews = saidMs === null || nowMs < saidMs || nowMs - saidMs >= dayMs;
  if (isNews) attempt(() => setValue(database, "heartbeat", JSON.stringify({ ...missed, saidMs: nowMs })));
  return isNews || isSteady ? [{ kind: "heartbeat", reason }] : [];
}
