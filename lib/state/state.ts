import { Database } from "bun:sqlite";

import { isFault, openDatabase, reasonOf } from "./database.ts";
import { type DirectoryChoice, findStateDirectory } from "./directory.ts";
import { type Lock, takeLock } from "./lock.ts";
import { migrate } from "./schema.ts";

/**
 * What is remembered between runs. Where nothing can be, it is a database in memory: the run goes on as always, and ends
 * as if it had been the first. To be disposed of.
 */
export interface State {
  readonly database: Database;
  /** Where it is kept; null for nowhere. */
  readonly directory: string | null;
  /** Null when it is kept; otherwise why not. */
  readonly forgetful: Forgetful | null;
  /** What happened to the state, for the reader of the report. */
  readonly notes: readonly string[];
  readonly [Symbol.dispose]: () => void;
}

/** Why nothing is remembered: the owner wants it so, the place is unusable, or a newer version wrote there. */
export interface Forgetful {
  readonly kind: "asked" | "unusable" | "newer";
  readonly reason: string;
}

/** Opens the state and takes the lock; null when another run is at work. Never throws for what the disk does. */
export function openState(choice: DirectoryChoice, nowMs: number): State | null {
  const directory = findStateDirectory(choice);
  if (directory.kind === "none") {
    return forgetfulState({ kind: directory.asked ? "asked" : "unusable", reason: directory.reason });
  }
  process.umask(0o077);
  let lock: Lock | null;
  try {
    lock = takeLock(directory.path);
  } catch (error) {
    return forgetfulState({ kind: "unusable", reason: `${directory.path}: ${reasonOf(error)}` });
  }
  if (lock === null) return null;
  const opened = openDatabase(directory.path, nowMs);
  switch (opened.kind) {
    case "open":
      return {
        database: opened.database,
        directory: directory.path,
        forgetful: null,
        notes: opened.note === null ? [] : [opened.note],
        [Symbol.dispose]: () => close(opened.database, lock),
      };
    case "newer":
    case "unusable":
      lock[Symbol.dispose]();
      return forgetfulState(opened);
  }
}

/** A state that is gone when the run ends. */
export function forgetfulState(forgetful: Forgetful): State {
  const database = new Database(":memory:");
  migrate(database);
  const notes = forgetful.kind === "asked" ? [] : [`Nothing is remembered between reports: ${forgetful.reason}`];
  return { database, directory: null, forgetful, notes, [Symbol.dispose]: () => database.close() };
}

/** Writes to the state, or, where the disk refuses, to one in memory, so that the run goes on all the same. */
export function saved(state: State, write: (state: State) => void): State {
  try {
    write(state);
    return state;
  } catch (error) {
    if (state.forgetful !== null || !isFault(error)) throw error;
    const forgetful = forgetfulState({ kind: "unusable", reason: reasonOf(error) });
    write(forgetful);
    return forgetful;
  }
}

function close(database: Database, lock: Lock): void {
  database.close();
  lock[Symbol.dispose]();
}
