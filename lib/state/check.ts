import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { deadLetters } from "./deadLetters.ts";
import { Damaged } from "./fault.ts";
import { checkTimes, dayOf } from "./history.ts";
import { getValue } from "./keyValue.ts";
import { checkLayouts } from "./layouts.ts";
import { outboxRow } from "./outbox.ts";
import { hasItsSchema } from "./schema.ts";

/**
 * Throws when the file is damaged, because an INSERT does not notice a flipped bit. The history is long, so it is looked
 * at in the first run of a day only.
 */
export function check(database: Database, nowMs: number): void {
  if (!hasItsSchema(database)) throw new Damaged("tables that are not those of its version");
  checkRows(database, nowMs);
}

/** The same of a file whose tables were looked at. */
export function checkRows(database: Database, nowMs: number): void {
  const found = v.parse(v.array(finding), database.query(quickCheck).all());
  const wrong = found.find(({ quick_check: text }) => text !== "ok");
  if (wrong !== undefined || found.length < shortTables.length) throw new Damaged(wrong?.quick_check ?? "no answer");
  // Sound pages can hold a message that is none any more.
  checkMessages(database);
  if (getValue(database, "maintained_on") !== dayOf(nowMs)) checkAll(database);
}

const shortTables = ["fact", "outbox", "dead_letter", "gone_webhook", "layout", "target", "mute", "job"] as const;
const quickCheck = shortTables.map((table) => `SELECT * FROM pragma_quick_check('${table}')`).join(" UNION ALL ");
const finding = v.object({ quick_check: v.string() });

/** Throws when any of the file is damaged. `quick_check` would not compare an index with its table. */
export function checkAll(database: Database): void {
  const row = database.query<Record<string, unknown>, []>("PRAGMA integrity_check(1)").get();
  const text = Object.values(row ?? {})[0];
  if (text !== "ok") throw new Damaged(typeof text === "string" ? text : "no answer");
  checkMessages(database);
  checkLayouts(database);
  checkTimes(database);
}

const sequenceRow = v.nullable(v.object({ seq: v.number() }));
/** Above it a row's number would soon be rounded when it is read, and no statement would find the row again. */
const highestId = 2 ** 52;

/** One message after the other, because thousands may wait. */
function checkMessages(database: Database): void {
  for (const row of database.query("SELECT * FROM outbox").iterate()) v.parse(outboxRow, row);
  deadLetters(database);
  const sequence = v.parse(sequenceRow, database.query("SELECT seq FROM sqlite_sequence WHERE name = 'outbox'").get());
  if (sequence !== null && !(sequence.seq >= 0 && sequence.seq < highestId))
    throw new Damaged("a counter out of range");
}
