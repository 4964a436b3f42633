import type { Database } from "bun:sqlite";

import { dayMs } from "../time.ts";
import { recall, remember } from "./facts.ts";
import { attempt } from "./fault.ts";

/**
 * Whether a failure is to be said now: when it begins, and once a day while it lasts, because cron mails every line. A
 * clock that was set back counts as a new day, and so does a disk that refuses.
 */
export function mayComplain(database: Database, nowMs: number): boolean {
  const saidToday = attempt(() => {
    const last = Number(recall(database, "complained_at") ?? Number.NaN);
    if (nowMs >= last && nowMs - last < dayMs) return true;
    remember(database, "complained_at", String(nowMs));
    return false;
  });
  return !(saidToday.ok && saidToday.result);
}

/** The failure is over; the next one is news again. */
export function endComplaint(database: Database): void {
  attempt(() => {
    if (recall(database, "complained_at") !== null) remember(database, "complained_at", null);
  });
}
