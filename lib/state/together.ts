import type { Database } from "bun:sqlite";

import { attempt } from "./fault.ts";

/**
 * Runs statements in one transaction: SQLite locks the file and looks for a journal once, and not for each of them.
 * Nothing may be awaited meanwhile, because a command that writes would have to wait.
 */
export function together<T>(database: Database, work: () => T): T {
  if (database.inTransaction) return work();
  database.run("BEGIN");
  try {
    return work();
  } finally {
    // An error of the disk ends a transaction by itself.
    if (database.inTransaction) database.run("COMMIT");
  }
}

/**
 * The same for work that only reads and copes with a disk that refuses. What was read is good even where the transaction
 * cannot be begun or ended, and the write that follows finds out what is wrong with the file.
 */
export function readTogether<T>(database: Database, work: () => T): T {
  if (database.inTransaction) return work();
  attempt(() => database.run("BEGIN"));
  try {
    return work();
  } finally {
    if (database.inTransaction) attempt(() => database.run("COMMIT"));
  }
}
