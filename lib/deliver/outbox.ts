import type { Database } from "bun:sqlite";

import { markAsRepeat, reduce } from "../render/repeat.ts";
import { isFault, reasonOf } from "../state/database.ts";
import { goneSince, markGone } from "../state/facts.ts";
import { bury, countAttempt, postpone, remove, waiting } from "../state/outbox.ts";
import type { OutboxRow } from "../state/outboxRow.ts";
import { deliver, type DeliverDeps } from "./deliver.ts";
import type { Outcome } from "./outcome.ts";
import { waitBudgetMs } from "./retry.ts";

/** How far the outbox was emptied. */
export interface Emptied {
  readonly delivered: number;
  /** Still waiting. */
  readonly kept: number;
  /** Why the first of them waits; null when none does. */
  readonly reason: string | null;
  readonly webhookGone: boolean;
  /** Why the disk refused to write down what happened; null when it did not. */
  readonly fault: string | null;
}

/**
 * Delivers what waits, oldest first, until something cannot go out now: what comes after it would overtake it. A message
 * that Discord refuses for good is buried, and a plain one goes out in its place.
 */
export async function emptyOutbox(database: Database, deps: DeliverDeps): Promise<Emptied> {
  let delivered = 0;
  let budgetMs = deps.budgetMs ?? waitBudgetMs;
  for (;;) {
    const rows = waiting(database);
    const [row] = rows;
    if (row === undefined) return { delivered, kept: 0, reason: null, webhookGone: false, fault: null };
    const ended = { delivered, kept: rows.length, webhookGone: false, fault: null };
    if (goneSince(database, deps.webhook.url) !== null) return { ...ended, reason: gone, webhookGone: true };
    if (row.not_before > deps.clock.now()) return { ...ended, reason: row.reason ?? "not due yet" };

    // A full disk must not stop the news: an attempt that could not be counted is made all the same.
    const beforeAttempt = () => void written(() => countAttempt(database, row.id));
    const { outcome, waitedMs } = await deliver(messageOf(row), { ...deps, budgetMs, beforeAttempt });
    budgetMs -= waitedMs;
    if (outcome.kind === "delivered") delivered += 1;
    const fault = written(() => settle(database, row, outcome, deps));
    const kept = rows.length - (outcome.kind === "delivered" ? 1 : 0);
    // What cannot be crossed out would be sent for ever.
    if (fault !== null) return { ...ended, delivered, kept, fault, reason: reasonIn(outcome) };
    if (outcome.kind === "delivered" || (outcome.kind === "rejected" && !outcome.webhookGone)) continue;
    return { ...ended, reason: reasonIn(outcome), webhookGone: outcome.kind === "rejected" };
  }
}

const gone = "Discord says that the webhook does not exist";

const reasonIn = (outcome: Outcome) => (outcome.kind === "delivered" ? null : outcome.reason);

/** Writes, and says in a word why the disk refused; null when it did not. */
function written(write: () => void): string | null {
  try {
    write();
    return null;
  } catch (error) {
    if (!isFault(error)) throw error;
    return reasonOf(error);
  }
}

/** Writes down what became of a message. */
function settle(database: Database, row: OutboxRow, outcome: Outcome, { clock, webhook }: DeliverDeps): void {
  const nowMs = clock.now();
  switch (outcome.kind) {
    case "delivered":
      remove(database, row.id);
      return;
    case "retry":
    case "blocked": {
      const { reason, afterMs = 0 } = outcome;
      const ambiguous = outcome.kind === "retry" && outcome.ambiguous;
      postpone(database, row.id, { reason, ambiguous, notBeforeMs: nowMs + afterMs });
      return;
    }
    case "uneditable":
      postpone(database, row.id, { reason: outcome.reason, ambiguous: false, notBeforeMs: nowMs });
      return;
    case "rejected":
      if (outcome.webhookGone) markGone(database, webhook.url, nowMs);
      else bury(database, row, outcome.reason, row.reduced === 1 ? null : reduce(JSON.parse(row.body), outcome.reason));
  }
}

function messageOf(row: OutboxRow) {
  const body: unknown = JSON.parse(row.body);
  const repeat = { method: "POST", body: markAsRepeat(body, deliveryId(row)) } as const;
  return { request: { method: "POST", body } as const, repeat, perhapsDelivered: row.ambiguous === 1 };
}

/** Short, and the same for every attempt of a message. */
function deliveryId({ id, created_at }: OutboxRow): string {
  return `#${(created_at + id).toString(36).slice(-5)}`;
}
