import { constants, Database } from "bun:sqlite";
import { join } from "node:path";

import type { Flags } from "../cli/parse.ts";
import type { World } from "../world.ts";
import { check } from "./check.ts";
import { databaseName, type DirectoryChoice, findPlaces, lookAtDirectory } from "./directory.ts";
import { attempt } from "./fault.ts";
import { choiceOf } from "./opening.ts";
import { isForeign, ownName } from "./owner.ts";
import { noPast, type Past, readPast } from "./past.ts";
import { migrate, schemaVersion, versionOf } from "./schema.ts";

/**
 * The state as it is, for commands that change nothing: no lock, no repair. Null where there is none, or none that this
 * version can read. In one transaction, so that a run at work cannot get in between. To be closed.
 */
export async function openForReading(choice: DirectoryChoice, nowMs: number): Promise<Database | null> {
  return openFileForReading(await findStateFile(choice), nowMs);
}

function openFileForReading(file: string | null, nowMs: number): Database | null {
  return file === null ? null : openFile(file, constants.SQLITE_OPEN_READONLY, (database) => readable(database, nowMs));
}

/** One of an older version is read from a copy at the present one. */
function readable(database: Database, nowMs: number): Database {
  if (versionOf(database) === schemaVersion) {
    database.run("BEGIN");
    check(database, nowMs);
    return database;
  }
  const copy = Database.deserialize(database.serialize());
  database.close();
  migrate(copy);
  check(copy, nowMs);
  copy.run("BEGIN");
  return copy;
}

/** Reads the state in one snapshot; null when it cannot be read. */
export async function consult<T>(
  choice: DirectoryChoice,
  nowMs: number,
  read: (database: Database) => T,
): Promise<T | null> {
  return consultFile(await findStateFile(choice), nowMs, read);
}

/** The same of a file that was found before. */
export function consultFile<T>(file: string | null, nowMs: number, read: (database: Database) => T): T | null {
  const database = openFileForReading(file, nowMs);
  if (database === null) return null;
  const found = attempt(() => read(database));
  database.close();
  return found.ok ? found.value : null;
}

/** The state, open for one short write beside a run at work, which waits for that. Null as above. To be closed. */
export function openForNoting(file: string | null): Database | null {
  if (file === null) return null;
  return openFile(file, constants.SQLITE_OPEN_READWRITE, (database) => {
    if (versionOf(database) !== schemaVersion) return null;
    database.run("PRAGMA synchronous = EXTRA");
    return database;
  });
}

/** The file that a report would write to; null where there is none yet. */
export async function findStateFile(choice: DirectoryChoice): Promise<string | null> {
  for (const path of (await findPlaces(choice)).paths) {
    const looked = await lookAtDirectory(path);
    const file = looked.kind === "usable" ? fileIn(looked.path, choice.owner ?? null) : null;
    if (file !== null) return file;
  }
  return null;
}

/** This machine's file in a directory, which need not be there where another machine's is. */
function fileIn(directory: string, owner: string | null): string | null {
  const first = join(directory, databaseName);
  const foreign = openFile(first, constants.SQLITE_OPEN_READONLY, (database) => isForeign(database, owner));
  if (foreign === null) return null;
  return foreign && owner !== null ? join(directory, ownName(owner)) : first;
}

/** Null when it is damaged or not ours: the next report says so. */
function openFile<T>(file: string, mode: number, use: (database: Database) => T): T | null {
  let database: Database | null = null;
  let result: T | null = null;
  try {
    database = new Database(file, mode | constants.SQLITE_OPEN_NOFOLLOW);
    database.run("PRAGMA busy_timeout = 1000");
    result = use(database);
  } catch {
    result = null;
  }
  // Left open it would keep what it has locked.
  if (result !== database) database?.close();
  return result;
}

/** Runs `measure` with the remembered past, and releases the lock first so that a report can write meanwhile. */
export async function withPast<T>(world: World, flags: Flags, measure: (past: Past) => Promise<T>): Promise<T> {
  const database = await openForReading(await choiceOf(world, flags), world.machine.clock.now());
  if (database === null) return measure(noPast);
  try {
    const past = readPast(database);
    // The lock ends with the transaction that openForReading began.
    database.run("COMMIT");
    return await measure(past);
  } finally {
    database.close();
  }
}
