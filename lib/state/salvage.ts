import { Database, constants } from "bun:sqlite";

import * as v from "valibot";

import { type OutboxRow, outboxRow } from "./outboxRow.ts";

/** What could still be read of a damaged database's unsent messages. */
export type Salvaged = readonly OutboxRow[];

/** Reads the unsent messages of a damaged file, each by itself, because one bad page must not cost the others. */
export function salvage(path: string): Salvaged {
  try {
    using database = new Database(path, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_NOFOLLOW);
    const bounds = v.parse(
      v.object({ first: v.number(), last: v.number() }),
      database.query("SELECT min(id) AS first, max(id) AS last FROM outbox").get(),
    );
    const ids = Array.from({ length: Math.min(10_000, bounds.last - bounds.first + 1) }, (_, n) => bounds.first + n);
    return ids.flatMap((id) => readRow(database, id) ?? []);
  } catch {
    // Not a database any more, or nothing was waiting.
    return [];
  }
}

function readRow(database: Database, id: number): OutboxRow | null {
  try {
    const result = v.safeParse(outboxRow, database.query("SELECT * FROM outbox WHERE id = ?").get(id));
    return result.success ? result.output : null;
  } catch {
    return null;
  }
}

/** Puts salvaged messages into a fresh database, in their order. */
export function restore(database: Database, rows: Salvaged): void {
  const columns = "kind, created_at, body, digest, attempts, ambiguous, reduced, not_before, reason";
  const insert = database.query(`INSERT INTO outbox (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  database.transaction(() => {
    for (const { kind, created_at, body, digest, attempts, ambiguous, reduced, not_before, reason } of rows) {
      insert.run(kind, created_at, body, digest, attempts, ambiguous, reduced, not_before, reason);
    }
  })();
}
