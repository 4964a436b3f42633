import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { timeMs } from "../clock.ts";
import { isPlainJson } from "../model/json.ts";
import { Damaged } from "./fault.ts";

/** A message that is to be kept until it is delivered. */
export interface NewMessage {
  readonly kind: OutboxRow["kind"];
  /** The Discord message. */
  readonly body: unknown;
  /** What a digest needs of it; null for what is never folded. */
  readonly digest: unknown;
  /** A PNG that goes along. */
  readonly picture?: Uint8Array | null;
}

/** Hard bounds of what is kept; the oldest reports go first and are counted, alerts never go. */
export const outboxBounds = { rows: 1000, bytes: 4 * 1024 * 1024 } as const;

/** Appends a message. Call it inside the transaction of the run. */
export function enqueue(database: Database, message: NewMessage, nowMs: number): number {
  const digest = message.digest === null ? null : JSON.stringify(message.digest);
  const { kind, body, picture = null } = message;
  const values = [kind, nowMs, JSON.stringify(body), digest, picture];
  const insert = "INSERT INTO outbox (kind, created_at, body, digest, picture) VALUES (?, ?, ?, ?, ?)";
  const { lastInsertRowid } = database.run(insert, values);
  return Number(lastInsertRowid);
}

/** Everything that waits, oldest first. */
export function waiting(database: Database): readonly OutboxRow[] {
  return v.parse(v.array(outboxRow), database.query("SELECT * FROM outbox ORDER BY id").all());
}

/** Which messages: all, or only those of one of two channels. */
export type Queue = "all" | "alerts" | "cards";

const kindsIn: Readonly<Record<Queue, string>> = { all: "1", alerts: "kind = 'alert'", cards: "kind <> 'alert'" };

/** What is to be sent next, an alert before any report; null when nothing waits. */
export function firstWaiting(database: Database, queue: Queue): OutboxRow | null {
  const row = database.query(`SELECT * FROM outbox WHERE ${kindsIn[queue]} ORDER BY kind <> 'alert', id LIMIT 1`).get();
  return v.parse(v.nullable(outboxRow), row);
}

/** The message that is to be kept longest, of those that are not due yet; one due after `believedMs` counts as due. */
export function heldBack(database: Database, queue: Queue, nowMs: number, believedMs: number): OutboxRow | null {
  const isHeld = `${kindsIn[queue]} AND not_before > ? AND not_before <= ?`;
  const row = database.query(`SELECT * FROM outbox WHERE ${isHeld} ORDER BY not_before DESC LIMIT 1`);
  return v.parse(v.nullable(outboxRow), row.get(nowMs, believedMs));
}

/** How many messages wait. */
export function countWaiting(database: Database, queue: Queue): number {
  const count = `SELECT count(*) AS rows FROM outbox WHERE ${kindsIn[queue]}`;
  return database.query<{ rows: number }, []>(count).get()?.rows ?? 0;
}

/**
 * Notes that a POST is about to begin. Until `postpone` knows better it may have arrived, because the run can be killed
 * at any moment from here on.
 */
export function countAttempt(database: Database, id: number): void {
  changeRow(database, "UPDATE outbox SET attempts = attempts + 1, ambiguous = 1 WHERE id = ?", [id]);
}

/** A message whose row is not changed would be sent again and again. */
function changeRow(database: Database, statement: string, values: (string | number | null)[]): void {
  if (database.run(statement, values).changes === 0) throw new Damaged("a row that cannot be found");
}

/** Takes out a message that was delivered. */
export function crossOut(database: Database, id: number): void {
  changeRow(database, "DELETE FROM outbox WHERE id = ?", [id]);
}

/** Takes a message out: folded into a digest, or dropped by its owner. True when it was there. */
export function remove(database: Database, id: number): boolean {
  return database.run("DELETE FROM outbox WHERE id = ?", [id]).changes > 0;
}

/** Keeps a message for later; `ambiguous`: one of the POSTs so far may have arrived. */
export function postpone(
  database: Database,
  id: number,
  { reason, notBeforeMs, ambiguous }: { reason: string; notBeforeMs: number; ambiguous: boolean },
): void {
  const marks = [reason, notBeforeMs, ambiguous ? 1 : 0, id];
  changeRow(database, "UPDATE outbox SET reason = ?, not_before = ?, ambiguous = ? WHERE id = ?", marks);
}

/** Makes every kept message due at once. */
export function makeAllDue(database: Database): void {
  database.run("UPDATE outbox SET not_before = 0");
}

/** Drops the oldest reports beyond the bounds; returns how many, those in a digest included. Call it inside the transaction of the run. */
export function enforceBounds(database: Database): number {
  const rows = v.parse(
    v.array(v.object({ id: v.number(), kind: v.string(), bytes: v.number(), reports: v.number() })),
    database.query(sizes).all(),
  );
  let count = rows.length;
  let bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
  let dropped = 0;
  for (const row of rows) {
    if (count <= outboxBounds.rows && bytes <= outboxBounds.bytes) break;
    if (row.kind === "alert") continue;
    remove(database, row.id);
    count -= 1;
    bytes -= row.bytes;
    dropped += row.reports;
  }
  return dropped;
}

const sizes = `
  SELECT id, kind, length(CAST(body AS BLOB)) + ifnull(length(CAST(digest AS BLOB)), 0) + ifnull(length(picture), 0)
    AS bytes,
    CASE WHEN json_valid(digest) THEN ifnull(json_extract(digest, '$.reports'), 1) ELSE 1 END AS reports
  FROM outbox ORDER BY id`;

const deadLetter = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  kind: v.string(),
  created_at: timeMs,
  body: v.string(),
  reason: v.string(),
});
export type DeadLetter = v.InferOutput<typeof deadLetter>;

/** Dead letters that are kept. */
const deadLettersKept = 50;

/**
 * Moves a message that Discord refused for good to the dead letters, of which the newest are kept. A plain message may
 * take its place in the queue, so that the news itself is not lost; null for none.
 */
export function addDeadLetter(database: Database, row: OutboxRow, reason: string, inItsPlace: unknown): void {
  database.transaction(() => {
    database.run("INSERT INTO dead_letter (kind, created_at, body, reason) VALUES (?, ?, ?, ?)", [
      row.kind,
      row.created_at,
      row.body,
      reason,
    ]);
    database.run("DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?", [deadLettersKept]);
    if (inItsPlace === null) {
      crossOut(database, row.id);
      return;
    }
    const marks = [JSON.stringify(inItsPlace), reason, row.id];
    changeRow(
      database,
      "UPDATE outbox SET body = ?, picture = NULL, reason = ?, reduced = 1, ambiguous = 0 WHERE id = ?",
      marks,
    );
  })();
}

/** What was refused for good, oldest first. */
export function deadLetters(database: Database): readonly DeadLetter[] {
  return v.parse(v.array(deadLetter), database.query("SELECT * FROM dead_letter ORDER BY id").all());
}

/** Drops a dead letter. True when it was there. */
export function removeDeadLetter(database: Database, id: number): boolean {
  return database.run("DELETE FROM dead_letter WHERE id = ?", [id]).changes > 0;
}

const json = v.pipe(v.string(), v.check(isPlainJson, "is not JSON, or too deep"));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A row of the outbox as the database has it; times in milliseconds since the epoch. */
export const outboxRow = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  kind: v.picklist(["report", "digest", "alert", "live"]),
  created_at: timeMs,
  /** The Discord message, JSON. */
  body: json,
  /** What a digest needs of this report, JSON; null for alerts. */
  digest: v.nullable(v.string()),
  /** The PNG that goes along, kept apart so that it can be left behind. */
  picture: v.nullish(v.instance(Uint8Array), null),
  /** POSTs begun, counted before each. */
  attempts: count,
  /** 1 once a POST may have arrived. */
  ambiguous: count,
  /** 1 when this is the plain message in place of one that Discord refused. */
  reduced: count,
  not_before: timeMs,
  /** Why the last POST failed. */
  reason: v.nullable(v.string()),
  /** Where it goes: Discord, or the name of another route for alerts. */
  route: v.string(),
});
export type OutboxRow = v.InferOutput<typeof outboxRow>;

/**
 * Puts one message in the place of others that wait. It inherits the time before which Discord asked not to be asked
 * again, and why. Call it inside the transaction of the run.
 */
export function replace(database: Database, old: readonly OutboxRow[], message: NewMessage, nowMs: number): number {
  for (const { id } of old) remove(database, id);
  const id = enqueue(database, message, nowMs);
  const notBeforeMs = Math.max(0, ...old.map(({ not_before }) => not_before));
  const reason = old.findLast((row) => row.reason !== null)?.reason ?? null;
  database.run("UPDATE outbox SET not_before = ?, reason = ? WHERE id = ?", [notBeforeMs, reason, id]);
  return id;
}

/** Puts a live card in the place of one that still waits: only the latest is worth sending. */
export function enqueueLive(database: Database, body: unknown, picture: Uint8Array | null, nowMs: number): void {
  const old = waiting(database).filter(({ kind }) => kind === "live");
  const id = replace(database, old, { kind: "live", body, picture, digest: null }, nowMs);
  if (old.some(({ ambiguous }) => ambiguous === 1)) database.run("UPDATE outbox SET ambiguous = 1 WHERE id = ?", [id]);
}
