import type { Database } from "bun:sqlite";

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
