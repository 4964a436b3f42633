import type { Database } from "bun:sqlite";

import { recall, remember } from "./facts.ts";

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Whether a failure is to be said now: when it begins, and once a day while it lasts, because cron mails every line. A
 * clock that was set back counts as a new day.
 */
export function mayComplain(database: Database, nowMs: number): boolean {
  const last = Number(recall(database, "complained_at") ?? Number.NaN);
  const quiet = nowMs >= last && nowMs - last < dayMs;
  if (!quiet) remember(database, "complained_at", String(nowMs));
  return !quiet;
}

/** The failure is over; the next one is news again. */
export function endComplaint(database: Database): void {
  if (recall(database, "complained_at") !== null) remember(database, "complained_at", null);
}
