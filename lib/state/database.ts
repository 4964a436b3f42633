import { constants, Database } from "bun:sqlite";
import { lstatSync } from "node:fs";
import { join } from "node:path";

import type { Note } from "../model/note.ts";
import { beginAfresh, finishBeginning } from "./afresh.ts";
import { check, checkAll, checkRows } from "./check.ts";
import { databaseName } from "./directory.ts";
import { attempt, Damaged, isDamage, readingLayout, reasonOf } from "./fault.ts";
import { factsAtOnce, getValue } from "./keyValue.ts";
import { hasItsSchema, migrate, schemaOf, schemaVersion, versionOf } from "./schema.ts";
import { together } from "./together.ts";

/** An open database and the machine that it belongs to, or why there is none; `newer`: a later version of the program wrote it, so it is left alone. */
export type OpenedDatabase =
  | { readonly kind: "open"; readonly database: Database; readonly note: Note | null; readonly owner: string | null }
  | { readonly kind: "newer"; readonly reason: string }
  | { readonly kind: "unusable"; readonly reason: string };

/**
 * Opens the state database in a directory, checked and at the present version. A damaged file is set aside, a fresh one
 * begun, and what was waiting in it to be sent brought over as far as it can be read; `note` says so until a card has.
 */
export function openDatabase(directory: string, nowMs: number, name = databaseName): OpenedDatabase {
  const path = join(directory, name);
  try {
    finishBeginning(path);
    const problem = problemOf(path);
    return problem === null ? openSound(path, nowMs) : { kind: "unusable", reason: `${path} ${problem}` };
  } catch (error) {
    return isDamage(error) ? openAfresh(path, nowMs) : unusable(path, error);
  }
}

/**
 * What `openDatabase` does with a damaged file. A disk that could not read for once looks the same, so it is looked at
 * again, unless that has been done. The connection to it must be closed.
 */
export function openAfresh(path: string, nowMs: number, isCertain = false): OpenedDatabase {
  try {
    if (isCertain || !isSound(path)) beginAfresh(path, nowMs);
    return openSound(path, nowMs);
  } catch (error) {
    return unusable(path, error);
  }
}

function isSound(path: string): boolean {
  using database = connect(path);
  const looked = attempt(() => {
    if (!readingLayout(() => hasItsSchema(database))) throw new Damaged();
    if (versionOf(database) === schemaVersion) checkAll(database);
  });
  // Otherwise it is not the file.
  if (!looked.ok && !looked.damaged) throw looked.error;
  return looked.ok;
}

const unusable = (path: string, error: unknown) =>
  ({ kind: "unusable", reason: `${path}: ${reasonOf(error, path)}` }) as const;

/**
 * Sound against power loss as measured on crash images: rollback journal and EXTRA; a write-ahead log lost rows. The
 * journal stays, with a cleared header: to remove it and make it again costs more.
 */
function openSound(path: string, nowMs: number): OpenedDatabase {
  const database = connect(path);
  try {
    const { version, isNew, known } = together(database, () => {
      const layout = readingLayout(() => layoutOf(database));
      const isPresent = layout.version === schemaVersion;
      return { ...layout, known: isPresent ? factsIn(database, () => checkRows(database, nowMs)) : null };
    });
    if (version > schemaVersion) {
      database.close();
      return { kind: "newer", reason: `${path} was written by a newer version of server-metrics` };
    }
    // Not before the version is known: it rewrites the header of a file that is in another mode.
    database.run(pragmas);
    if (known !== null) return { kind: "open", database, ...known };
    migrate(database);
    const read = () => factsIn(database, () => (isNew ? undefined : check(database, nowMs)));
    return { kind: "open", database, ...together(database, read) };
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The version, whether there is nothing yet; throws where the tables are not those of the version. */
function layoutOf(database: Database) {
  const version = versionOf(database);
  const isNew = version === 0 && schemaOf(database).length === 0;
  if (!isNew && version <= schemaVersion && !hasItsSchema(database, version)) {
    throw new Damaged("tables that are not those of its version");
  }
  return { version, isNew };
}

/** Bytes; a rare large transaction leaves no more behind. */
const longestJournal = 1024 * 1024;
const pragmas = `
  PRAGMA journal_mode = PERSIST;
  PRAGMA journal_size_limit = ${longestJournal};
  PRAGMA synchronous = EXTRA`;

/** What is known of a file that was checked. */
const factsIn = (database: Database, checked: () => void) =>
  factsAtOnce(database, () => {
    checked();
    return { note: noteIn(database), owner: getValue(database, "owner") };
  });

/** Notes that no card has mentioned yet. */
function noteIn(database: Database): Note | null {
  const saved = getValue(database, "begun_afresh");
  return saved === null ? null : { kind: "damaged", saved: Math.trunc(Number(saved)) || 0 };
}

function connect(path: string): Database {
  const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_NOFOLLOW } = constants;
  const database = new Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW);
  database.run("PRAGMA busy_timeout = 5000");
  return database;
}

/** Why a file is not one to open, as a clause about it; null for a file of ours, and for none. */
export function problemOf(path: string): string | null {
  const facts = lstatSync(path, { throwIfNoEntry: false });
  if (facts === undefined) return null;
  if (!facts.isFile()) return "is not a regular file of ours";
  return process.getuid === undefined || facts.uid === process.getuid() ? null : "belongs to another user";
}
