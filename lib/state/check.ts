import type { Database } from "bun:sqlite";

import { recall } from "./facts.ts";
import { Damaged } from "./fault.ts";
import { checkLayouts, dayOf } from "./history.ts";
import { waiting } from "./outbox.ts";

/**
 * Throws when the file is damaged, because an INSERT does not notice a flipped bit. The history is long, so it is looked
 * at in the first run of a day only.
 */
export function check(database: Database, nowMs: number): void {
  for (const table of shortTables) quickCheck(database, `quick_check(${table})`);
  // Sound pages can hold a message that is none any more.
  waiting(database);
  if (recall(database, "maintained_on") !== dayOf(nowMs)) checkAll(database);
}

/** Throws when any of the file is damaged. */
export function checkAll(database: Database): void {
  quickCheck(database, "quick_check(1)");
  waiting(database);
  checkLayouts(database);
}

const shortTables = ["fact", "outbox", "dead_letter", "gone_webhook", "layout"] as const;

function quickCheck(database: Database, pragma: string): void {
  const row = database.query<{ quick_check: string }, []>(`PRAGMA ${pragma}`).get();
  if (row?.quick_check !== "ok") throw new Damaged(row?.quick_check ?? "no answer");
}
