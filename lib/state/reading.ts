import { constants, Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";

import type { Flags } from "../cli/parse.ts";
import type { World } from "../world.ts";
import { check } from "./check.ts";
import { databaseName } from "./database.ts";
import { type DirectoryChoice, possibleDirectories } from "./directory.ts";
import { attempt } from "./fault.ts";
import { noPast, type Past, readPast } from "./past.ts";
import { schemaVersion, versionOf } from "./schema.ts";

/**
 * The state as it is, for commands that change nothing: no lock, no repair. Null where there is none, or none that this
 * version can read. In one transaction, so that a run at work cannot get in between. To be closed.
 */
export function openForReading(choice: DirectoryChoice, nowMs: number): Database | null {
  return open(choice, constants.SQLITE_OPEN_READONLY, (database) => {
    database.run("BEGIN");
    check(database, nowMs);
  });
}

/** What is read of the state as it is, all at once; null where it cannot be read. */
export function consult<T>(choice: DirectoryChoice, nowMs: number, read: (database: Database) => T): T | null {
  const database = openForReading(choice, nowMs);
  if (database === null) return null;
  const found = attempt(() => read(database));
  database.close();
  return found.ok ? found.value : null;
}

/** The state, open for one short write beside a run at work, which waits for that. Null as above. To be closed. */
export function openForNoting(choice: DirectoryChoice): Database | null {
  return open(choice, constants.SQLITE_OPEN_READWRITE, (database) => database.run("PRAGMA synchronous = EXTRA"));
}

function open(choice: DirectoryChoice, mode: number, prepare: (database: Database) => void): Database | null {
  const directory = possibleDirectories(choice).find((path) => existsSync(join(path, databaseName)));
  if (directory === undefined) return null;
  let database: Database | null = null;
  try {
    database = new Database(join(directory, databaseName), mode | constants.SQLITE_OPEN_NOFOLLOW);
    database.run("PRAGMA busy_timeout = 1000");
    if (versionOf(database) === schemaVersion) {
      prepare(database);
      return database;
    }
  } catch {
    // Damaged or not ours; the next report will say so.
  }
  // Left open it would keep what it has locked.
  database?.close();
  return null;
}

/** Measures with what is remembered. That takes its time, and a run that wants to write meanwhile does not wait for it. */
export async function withPast<T>(
  { env, machine }: World,
  { stateDir }: Flags,
  measure: (past: Past) => Promise<T>,
): Promise<T> {
  const database = openForReading({ flag: stateDir, env }, machine.clock.now());
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
