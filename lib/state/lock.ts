import { constants, Database } from "bun:sqlite";
import { truncateSync } from "node:fs";
import { join } from "node:path";

import { errorCode } from "../errors.ts";
import { isDamage } from "./fault.ts";

/**
 * Held while it is not disposed of, and while somebody refers to it: SQLite's file is closed when it is collected. The
 * kernel frees it when the process ends, however it ends.
 */
export interface Lock {
  readonly [Symbol.dispose]: () => void;
}

/**
 * Takes the lock that keeps two runs apart; null when another run holds it. An exclusive transaction on a small database
 * of its own: advisory record locks below, so nothing is left behind by a killed run. Throws when the file cannot be
 * opened or written.
 */
export function takeLock(directory: string): Lock | null {
  const path = join(directory, "lock.db");
  try {
    return tryLock(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // Nothing belongs in there. Not a new file: another run may hold the lock on this one.
    truncateSync(path);
    return tryLock(path);
  }
}

function tryLock(path: string): Lock | null {
  const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_NOFOLLOW } = constants;
  const database = new Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW);
  try {
    // Nothing is ever written in it, so it needs no journal on the disk.
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
    return { [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (errorCode(error).startsWith("SQLITE_BUSY")) return null;
    throw error;
  }
}
