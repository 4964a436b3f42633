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
export function addDeadLetter(
  database: Database,
  { id, kind }: OutboxRow,
  reason: string,
  plain: Amended | null,
): void {
  database.transaction(() => {
    copyToDead(database, "id = ?", [id], reason);
    if (kind === "live") keepOneLive(database, reason);
    if (plain === null) crossOut(database, id);
    else amend(database, id, plain, reason, false);
  })();
}

/** Moves what waits and meets a condition to the dead letters. Call it inside the transaction of the run. */
export function buryWhere(
  database: Database,
  condition: string,
  values: readonly (string | number)[],
  reason: string,
): void {
  if (copyToDead(database, condition, values, reason))
    database.run(`DELETE FROM outbox WHERE ${condition}`, [...values]);
}

/** A live card that each run's edit is refused for is one dead letter, and told once. */
function keepOneLive(database: Database, reason: string): void {
  const earlier = "kind = 'live' AND reason = ?1 AND id < (SELECT max(id) FROM dead_letter)";
  const told = `SELECT max(told) FROM dead_letter WHERE ${earlier}`;
  database.run(`UPDATE dead_letter SET told = ifnull((${told}), 0) WHERE id = (SELECT max(id) FROM dead_letter)`, [
    reason,
  ]);
  database.run(`DELETE FROM dead_letter WHERE ${earlier}`, [reason]);
}

/** True when there was any. */
function copyToDead(
  database: Database,
  condition: string,
  values: readonly (string | number)[],
  reason: string,
): boolean {
  const columns = "kind, created_at, body, route";
  const copy = `INSERT INTO dead_letter (${columns}, reason) SELECT ${columns}, ? FROM outbox WHERE ${condition} ORDER BY id`;
  if (database.run(copy, [reason, ...values]).changes === 0) return false;
  database.run("DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ?", [deadLettersKept]);
  return true;
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
