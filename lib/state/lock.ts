import { constants as flags, Database } from "bun:sqlite";
import { closeSync, constants, fstatSync, ftruncateSync, openSync, statSync, utimesSync } from "node:fs";
import { join } from "node:path";

import { errorCode } from "../errors.ts";
import { Damaged, isDamage } from "./fault.ts";

/**
 * Held while it is not disposed of, and while somebody refers to it: SQLite's file is closed when it is collected. The
 * kernel frees it when the process ends, however it ends.
 */
export interface Lock {
  readonly kind: "taken";
  readonly [Symbol.dispose]: () => void;
}

/** A lock that another process has, and when that must have ended, milliseconds since the epoch. */
export interface Held {
  readonly kind: "held";
  readonly untilMs: number;
}

/** In the directory of a state. */
export const lockName = "lock.db";

/**
 * Takes the lock that keeps two runs apart. An exclusive transaction on a small database of its own: advisory record locks
 * below, so nothing is left behind by a killed run. A run that is stopped keeps it, so the time of the file says until when
 * the holder may live. Throws when the file cannot be opened or written.
 */
export function takeLock(directory: string, untilMs: number): Lock | Held {
  const path = join(directory, lockName);
  try {
    return tryLock(path, untilMs);
  } catch (error) {
    if (!isDamage(error)) throw error;
    empty(path);
    return tryLock(path, untilMs);
  }
}

/** The time by which a lock's holder must have ended; null when it is free. Does not touch the lock. */
export function heldUntil(directory: string): number | null {
  const path = join(directory, lockName);
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return null;
  const database = new Database(path, flags.SQLITE_OPEN_READWRITE | flags.SQLITE_OPEN_NOFOLLOW);
  try {
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
    return null;
  } catch (error) {
    return errorCode(error).startsWith("SQLITE_BUSY") ? statSync(path).mtimeMs : null;
  } finally {
    database.close();
  }
}

function tryLock(path: string, untilMs: number): Lock | Held {
  const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_NOFOLLOW } = flags;
  const database = new Database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW);
  try {
    // Nothing is ever written in it, so it needs no journal on the disk.
    database.run("PRAGMA journal_mode = MEMORY");
    database.run("BEGIN EXCLUSIVE");
    utimesSync(path, untilMs / 1000, untilMs / 1000);
    return { kind: "taken", [Symbol.dispose]: () => database.close() };
  } catch (error) {
    database.close();
    if (!errorCode(error).startsWith("SQLITE_BUSY")) throw error;
    return { kind: "held", untilMs: statSync(path).mtimeMs };
  }
}

/**
 * Empties a damaged lock file; nothing belongs in there. Not a new file: another run may hold the lock on this one. And only
 * a file that is ours alone, or a hard link would cost its owner the contents of another.
 */
function empty(path: string): void {
  const { O_RDWR, O_NOFOLLOW, O_NONBLOCK } = constants;
  const descriptor = openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK);
  try {
    const facts = fstatSync(descriptor);
    const isOurs = process.getuid === undefined || facts.uid === process.getuid();
    if (!isOurs || !facts.isFile() || facts.nlink !== 1) throw new Damaged("a lock file that is not ours alone");
    ftruncateSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
