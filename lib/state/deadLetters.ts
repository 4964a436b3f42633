import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { timeMs } from "../clock.ts";
import type { Note } from "../model/note.ts";
import { attempt } from "./fault.ts";
import { type Amended, amend, crossOut, type OutboxRow } from "./outbox.ts";

const deadLetter = v.object({
  id: v.pipe(v.number(), v.safeInteger()),
  kind: v.string(),
  created_at: timeMs,
  body: v.string(),
  reason: v.string(),
  /** Its route, as in the outbox. */
  route: v.string(),
  /** 1 once a card has mentioned it. */
  told: v.number(),
});
export type DeadLetter = v.InferOutput<typeof deadLetter>;

/** Dead letters that are kept. */
const deadLettersKept = 50;

/**
 * Moves a message that was refused for good to the dead letters, of which the newest are kept. A plain message may take its
 * place in the queue, so that the news itself is not lost; null for none.
 */
export function addDeadLetter(database: Database, row: OutboxRow, reason: string, plain: Amended | null): void {
  database.transaction(() => {
    database.run("INSERT INTO dead_letter (kind, created_at, body, reason, route) VALUES (?, ?, ?, ?, ?)", [
      row.kind,
      row.created_at,
      row.body,
      reason,
      row.route,
    ]);
    database.run("DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?", [deadLettersKept]);
    if (plain === null) crossOut(database, row.id);
    else amend(database, row.id, plain, reason, false);
  })();
}

/** The dead letters, oldest first. */
export function deadLetters(database: Database): readonly DeadLetter[] {
  return v.parse(v.array(deadLetter), database.query("SELECT * FROM dead_letter ORDER BY id").all());
}

/** Drops a dead letter. True when it was there. */
export function removeDeadLetter(database: Database, id: number): boolean {
  return database.run("DELETE FROM dead_letter WHERE id = ?", [id]).changes > 0;
}

/** Dead letters that no card has mentioned; null for none, and when they cannot be read. */
export function untoldDeadLetters(database: Database): { readonly lastId: number; readonly note: Note } | null {
  const letters = attempt(() => deadLetters(database).filter(({ told }) => told === 0));
  const last = letters.ok ? letters.value.at(-1) : undefined;
  if (!letters.ok || last === undefined) return null;
  return { lastId: last.id, note: { kind: "refused", count: letters.value.length, reason: last.reason } };
}

/** Marks the dead letters up to this one as mentioned. Call it inside the transaction of the run. */
export function markTold(database: Database, lastId: number): void {
  database.run("UPDATE dead_letter SET told = 1 WHERE id <= ? AND told = 0", [lastId]);
}
