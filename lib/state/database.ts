import { Database, SQLiteError, constants } from "bun:sqlite";
import { lstatSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

import { migrate, schemaVersion, versionOf } from "./schema.ts";
import { salvage, type Salvaged, restore } from "./salvage.ts";

/** An open database, or why there is none; `newer`: a later version of the program wrote it, so it is left alone. */
export type OpenedDatabase =
  | { readonly kind: "open"; readonly database: Database; readonly note: string | null }
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
  const kind = kindOf(path);
  if (kind === "other") return { kind: "unusable", reason: `${path} is not a regular file of ours` };
  try {
    return openSound(path, null);
  } catch (error) {
    if (!isDamage(error)) return { kind: "unusable", reason: `${path}: ${reasonOf(error)}` };
  }
  try {
    const salvaged = salvage(path);
    setAside(directory, nowMs);
    return openSound(path, salvaged);
  } catch (error) {
    return { kind: "unusable", reason: `${path}: ${reasonOf(error)}` };
  }
}

/** Thrown by the check, with SQLite's first finding. */
class Damaged extends Error {}

function openSound(path: string, salvaged: Salvaged | null): OpenedDatabase {
  const database = connect(path);
  try {
    const version = versionOf(database);
    if (version > schemaVersion) {
      database.close();
      return { kind: "newer", reason: `${path} was written by a newer version of server-metrics` };
    }
    if (version > 0) check(database);
    migrate(database);
    if (salvaged !== null) restore(database, salvaged);
    const note = salvaged === null ? null : `the state file was damaged; ${salvaged.length} unsent messages were saved`;
    return { kind: "open", database, note };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Sound against power loss as measured on crash images: rollback journal and EXTRA; a write-ahead log lost rows. */
function connect(path: string): Database {
  const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_NOFOLLOW } = constants;
  const database = new Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW);
  database.run("PRAGMA busy_timeout = 5000");
  database.run("PRAGMA journal_mode = DELETE");
  database.run("PRAGMA synchronous = EXTRA");
  return database;
}

/** An INSERT does not notice a flipped bit. The history is checked once a day (`maintain`), because it is long. */
function check(database: Database): void {
  for (const table of ["fact", "outbox", "dead_letter", "gone_webhook", "layout"]) {
    const row = database.query<{ quick_check: string }, []>(`PRAGMA quick_check(${table})`).get();
    if (row?.quick_check !== "ok") throw new Damaged(row?.quick_check ?? "no answer");
  }
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

const damageCodes = ["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT"];

/** Damage to the file, as against a full disk or a missing permission, which another day may cure. */
function isDamage(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return error instanceof Damaged || damageCodes.some((damage) => code.startsWith(damage));
}

/** A fault of the disk or the file, as against a bug of ours. */
export function isFault(error: unknown): boolean {
  return error instanceof Damaged || (error instanceof SQLiteError && error.code !== "SQLITE_ERROR");
}

/** An error of SQLite in a word, without the statement. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  // Extended codes such as SQLITE_IOERR_FSYNC say more than a person wants.
  const known = Object.entries(reasons).find(([prefix]) => code.startsWith(prefix));
  return known?.[1] ?? (code || "could not be opened");
}

const reasons: Readonly<Record<string, string>> = {
  SQLITE_FULL: "the disk is full",
  SQLITE_READONLY: "the file system or the file is read-only",
  SQLITE_CANTOPEN: "could not be opened",
  SQLITE_BUSY: "is in use by another program",
  SQLITE_IOERR: "input/output error",
};
