import { Database, constants } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";

import { check } from "./check.ts";
import { databaseName } from "./database.ts";
import { type DirectoryChoice, possibleDirectories } from "./directory.ts";
import { schemaVersion, versionOf } from "./schema.ts";

/**
 * The state as it is, for commands that change nothing: no lock, no repair. Null where there is none, or none that this
 * version can read. In one transaction, so that a run at work cannot get in between. To be closed.
 */
export function openForReading(choice: DirectoryChoice, nowMs: number): Database | null {
  const directory = possibleDirectories(choice).find((path) => existsSync(join(path, databaseName)));
  if (directory === undefined) return null;
  try {
    const flags = constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_NOFOLLOW;
    const database = new Database(join(directory, databaseName), flags);
    database.run("PRAGMA busy_timeout = 1000");
    if (versionOf(database) === schemaVersion) {
      database.run("BEGIN");
      check(database, nowMs);
      return database;
    }
    database.close();
  } catch {
    // Damaged or not ours; the next report will say so.
  }
  return null;
}
