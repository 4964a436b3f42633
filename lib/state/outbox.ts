import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { timeMs } from "../clock.ts";
import { isPlainJson } from "../model/json.ts";
import { Damaged } from "./fault.ts";

/** A message kept until it is delivered. */
export interface NewMessage {
  readonly kind: OutboxRow["kind"];
  /** The Discord message. */
  readonly body: unknown;
  /** Its summary for a digest; null when it is never folded. */
  readonly digest: unknown;
  /** A PNG that goes along. */
  readonly picture?: Uint8Array | null;
}

/** Hard bounds of the outbox: the oldest reports are dropped and counted, alerts never. */
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

/** Everything that waits, oldest first; of some kinds alone. */
export function waiting(database: Database, ...kinds: readonly OutboxRow["kind"][]): readonly OutboxRow[] {
  const isWanted = kinds.length === 0 ? "1" : `kind IN (${kinds.map((kind) => `'${kind}'`).join(", ")})`;
  return v.parse(v.array(outboxRow), database.query(`SELECT * FROM outbox WHERE ${isWanted} ORDER BY id`).all());
}

/** Which messages: of Discord all, or only those of one of two channels; or those of another route for alerts. */
export type Queue = "all" | "alerts" | "cards" | { readonly route: string };

/** The route of all messages to Discord. */
const discord = "discord";

const conditions = { all: "", alerts: " AND kind = 'alert'", cards: " AND kind <> 'alert'" } as const;
const whereOf = (queue: Queue) => `route = ?1${typeof queue === "string" ? conditions[queue] : ""}`;
const routeOf = (queue: Queue) => (typeof queue === "string" ? discord : queue.route);

/** The fields that decide which message is next. */
export interface Turn {
  readonly nowMs: number;
  /** A time further off than this comes from a clock that has been set back since: the message counts as due. */
  readonly believedMs: number;
  /** A message that is not due holds up those of its kind until it was tried so often. */
  readonly triesInFront: number;
  /** Not these. */
  readonly passedOver: readonly number[];
}

/** Messages of one kind go out in their order; a report is of one kind with the digest that it becomes. */
const kindOf = (row: string) => `CASE ${row}.kind WHEN 'digest' THEN 'report' ELSE ${row}.kind END`;
const isHeld = "not_before > ?2 AND not_before <= ?3";

/** The next due message, alerts before reports; null when none is due. */
export function nextToSend(database: Database, queue: Queue, turn: Turn): OutboxRow | null {
  const where = whereOf(queue);
  const next = database.query(`
    WITH front AS MATERIALIZED (
      SELECT ${kindOf("outbox")} AS kind, min(id) AS id FROM outbox WHERE ${where} AND ${isHeld} AND attempts < ?4
      GROUP BY 1
    )
    SELECT * FROM outbox WHERE id = (
      SELECT id FROM outbox WHERE ${where} AND NOT (${isHeld})
        AND id NOT IN (SELECT value FROM json_each(?5))
        AND NOT EXISTS (SELECT 1 FROM front WHERE front.kind = ${kindOf("outbox")} AND front.id < outbox.id)
      ORDER BY kind <> 'alert', id LIMIT 1
    )`);
  const { nowMs, believedMs, triesInFront, passedOver } = turn;
  const row = next.get(routeOf(queue), nowMs, believedMs, triesInFront, JSON.stringify(passedOver));
  return v.parse(v.nullable(outboxRow), row);
}

/** The first that waits, due or not; null when none does. */
export function firstWaiting(database: Database, queue: Queue): OutboxRow | null {
  const first = database.query(`SELECT * FROM outbox WHERE ${whereOf(queue)} ORDER BY kind <> 'alert', id LIMIT 1`);
  return v.parse(v.nullable(outboxRow), first.get(routeOf(queue)));
}

/** Whether any message waits, on any route. */
export const hasWaiting = (database: Database): boolean =>
  database.query("SELECT 1 FROM outbox LIMIT 1").get() !== null;

/** The number of waiting messages. */
export function countWaiting(database: Database, queue: Queue): number {
  const count = `SELECT count(*) AS rows FROM outbox WHERE ${whereOf(queue)}`;
  return database.query<{ rows: number }, [string]>(count).get(routeOf(queue))?.rows ?? 0;
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

/** Removes a refused part from a message. */
export interface Amended {
  readonly body: unknown;
  readonly keepsPicture: boolean;
  /** The plainest form that there is. */
  readonly isPlain: boolean;
}

/** Puts a lesser form of a message in its place; `ambiguous` as in `postpone`. */
export function amend(database: Database, id: number, to: Amended, reason: string, ambiguous: boolean): void {
  const picture = to.keepsPicture ? "picture" : "NULL";
  changeRow(
    database,
    `UPDATE outbox SET body = ?, picture = ${picture}, reason = ?, reduced = ?, ambiguous = ? WHERE id = ?`,
    [JSON.stringify(to.body), reason, to.isPlain ? 1 : 0, ambiguous ? 1 : 0, id],
  );
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

const json = v.pipe(v.string(), v.check(isPlainJson, "is not JSON, or too deep"));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

/** A row of the outbox as the database has it; times in milliseconds since the epoch. */
export const outboxRow = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  kind: v.picklist(["report", "digest", "alert", "live"]),
  created_at: timeMs,
  /** The Discord message, JSON. */
  body: json,
  /** The report's summary for a digest, JSON; null for alerts. */
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
  /** Its route: Discord, or the name of another route for alerts. */
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
  const old = waiting(database, "live");
  const id = replace(database, old, { kind: "live", body, picture, digest: null }, nowMs);
  if (old.some(({ ambiguous }) => ambiguous === 1)) database.run("UPDATE outbox SET ambiguous = 1 WHERE id = ?", [id]);
}

/** Short, and the same for every attempt of a message. */
export function deliveryId({ id, created_at }: OutboxRow): string {
  return `#${(created_at + id).toString(36).slice(-5)}`;
}
