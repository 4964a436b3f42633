import type { Database } from "bun:sqlite";

import { enqueue, type NewMessage, remove, waiting } from "./outbox.ts";
import type { OutboxRow } from "./outboxRow.ts";

/**
 * Puts one message in the place of others that wait. It inherits the time before which Discord asked not to be asked
 * again, and why. Call it inside the transaction of the run.
 */
export function replace(database: Database, old: readonly OutboxRow[], message: NewMessage, nowMs: number): number {
  for (const { id } of old) remove(database, id);
  const id = enqueue(database, message, nowMs);
  const notBeforeMs = Math.max(0, ...old.map(({ not_before }) => not_before));
  const reason = old.findLast((row) => row.reason !== null)?.reason ?? null;
  database.run("UPDATE outbox SET not_before = ?, reason = ? WHERE id = ?", [notBeforeMs, reason, id]);
  return id;
}

/** Puts a live card in the place of one that still waits: only the latest is worth sending. */
export function enqueueLive(database: Database, body: unknown, picture: Uint8Array | null, nowMs: number): void {
  const old = waiting(database).filter(({ kind }) => kind === "live");
  const id = replace(database, old, { kind: "live", body, picture, digest: null }, nowMs);
  if (old.some(({ ambiguous }) => ambiguous === 1)) database.run("UPDATE outbox SET ambiguous = 1 WHERE id = ?", [id]);
}
