import { constants, Database } from "bun:sqlite";
import { lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import type { Note } from "../model/note.ts";
import { getValue } from "./keyValue.ts";
import { attempt, Damaged, isDamage, reasonOf } from "./fault.ts";
import { checkLayouts, dayOf } from "./history.ts";
import { type OutboxRow, outboxRow, waiting } from "./outbox.ts";
import { migrate, schemaVersion, versionOf } from "./schema.ts";

/** An open database, or why there is none; `newer`: a later version of the program wrote it, so it is left alone. */
export type OpenedDatabase =
  | { readonly kind: "open"; readonly database: Database; readonly note: Note | null }
  | { readonly kind: "newer"; readonly reason: string }
  | { readonly kind: "unusable"; readonly reason: string };

/** The state, in its directory. */
export const databaseName = "state.db";
/** Damaged files that are kept for a look. */
const damagedKept = 2;

/**
 * Opens the state database in a directory, checked and at the present version. A damaged file is set aside, a fresh one
 * begun, and what was waiting in it to be sent brought over as far as it can be read; `note` says so.
 */
export function openDatabase(directory: string, nowMs: number): OpenedDatabase {
  const path = join(directory, databaseName);
  try {
    if (kindOf(path) === "other") return { kind: "unusable", reason: `${path} is not a regular file of ours` };
    return openSound(path, nowMs, null);
  } catch (error) {
    return isDamage(error) ? beginAfresh(directory, nowMs) : unusable(path, error);
  }
}

/** What `openDatabase` does with a damaged file. The connection to it must be closed. */
export function beginAfresh(directory: string, nowMs: number): OpenedDatabase {
  const path = join(directory, databaseName);
  try {
    // A disk that could not read for once looks the same.
    if (isSound(path)) return openSound(path, nowMs, null);
    const salvaged = salvage(path);
    setAside(directory, nowMs);
    return openSound(path, nowMs, salvaged);
  } catch (error) {
    return unusable(path, error);
  }
}

function isSound(path: string): boolean {
  const database = connect(path);
  try {
    return attempt(() => checkAll(database)).ok;
  } finally {
    database.close();
  }
}

const unusable = (path: string, error: unknown) =>
  ({ kind: "unusable", reason: `${path}: ${reasonOf(error)}` }) as const;

/** Sound against power loss as measured on crash images: rollback journal and EXTRA; a write-ahead log lost rows. */
function openSound(path: string, nowMs: number, salvaged: Salvaged | null): OpenedDatabase {
  const database = connect(path);
  try {
    const version = versionOf(database);
    if (version > schemaVersion) {
      database.close();
      return { kind: "newer", reason: `${path} was written by a newer version of server-metrics` };
    }
    // Not before the version is known: it rewrites the header of a file that is in another mode.
    database.run("PRAGMA journal_mode = DELETE");
    database.run("PRAGMA synchronous = EXTRA");
    if (version > 0) check(database, nowMs);
    migrate(database);
    if (salvaged !== null) restore(database, salvaged);
    return { kind: "open", database, note: salvaged === null ? null : { kind: "damaged", saved: salvaged.length } };
  } catch (error) {
    database.close();
    throw error;
  }
}

function connect(path: string): Database {
  const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_NOFOLLOW } = constants;
  const database = new Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW);
  database.run("PRAGMA busy_timeout = 5000");
  return database;
}

function kindOf(path: string): "absent" | "file" | "other" {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return "absent";
  const ours = process.getuid === undefined || facts.uid === process.getuid();
  return facts.isFile() && ours ? "file" : "other";
}

function setAside(directory: string, nowMs: number): void {
  const aside = join(directory, `damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, "")}.db`);
  renameSync(join(directory, databaseName), aside);
  // The journal belongs to the damaged file; left here it would be rolled into the fresh one.
  rmSync(join(directory, `${databaseName}-journal`), { force: true });
  const kept = readdirSync(directory)
    .filter((name) => name.startsWith("damaged-"))
    .toSorted();
  for (const name of kept.slice(0, -damagedKept)) rmSync(join(directory, name), { force: true });
}

/** What could still be read of a damaged database's unsent messages. */
export type Salvaged = readonly OutboxRow[];

/** Reads the unsent messages of a damaged file, each by itself, because one bad page must not cost the others. */
export function salvage(path: string): Salvaged {
  try {
    using database = new Database(path, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_NOFOLLOW);
    const bounds = v.parse(
      v.object({ first: v.number(), last: v.number() }),
      database.query("SELECT min(id) AS first, max(id) AS last FROM outbox").get(),
    );
    const ids = Array.from({ length: Math.min(10_000, bounds.last - bounds.first + 1) }, (_, n) => bounds.first + n);
    return ids.flatMap((id) => readRow(database, id) ?? []);
  } catch {
    // Not a database any more, or nothing was waiting.
    return [];
  }
}

function readRow(database: Database, id: number): OutboxRow | null {
  try {
    const result = v.safeParse(outboxRow, database.query("SELECT * FROM outbox WHERE id = ?").get(id));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

/** Puts salvaged messages into a fresh database, in their order. */
export function restore(database: Database, rows: Salvaged): void {
  const columns = "kind, created_at, body, digest, attempts, ambiguous, reduced, not_before, reason";
  const insert = database.query(`INSERT INTO outbox (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  database.transaction(() => {
    for (const { kind, created_at, body, digest, attempts, ambiguous, reduced, not_before, reason } of rows) {
      insert.run(kind, created_at, body, digest, attempts, ambiguous, reduced, not_before, reason);
    }
  })();
}

/**
 * Throws when the file is damaged, because an INSERT does not notice a flipped bit. The history is long, so it is looked
 * at in the first run of a day only.
 */
export function check(database: Database, nowMs: number): void {
  for (const table of shortTables) quickCheck(database, `quick_check(${table})`);
  // Sound pages can hold a message that is none any more.
  waiting(database);
  if (getValue(database, "maintained_on") !== dayOf(nowMs)) checkAll(database);
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
