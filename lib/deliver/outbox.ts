import type { Database } from "bun:sqlite";

import { asEdit, markAsRepeat, reduce } from "../render/discord/amend.ts";
import { goneSince, liveCard, markGone, remember, rememberLiveCard } from "../state/facts.ts";
import { attempt } from "../state/fault.ts";
import {
  bury,
  countAttempt,
  countWaiting,
  firstWaiting,
  heldBack,
  postpone,
  type Queue,
  remove,
} from "../state/outbox.ts";
import type { OutboxRow } from "../state/outboxRow.ts";
import { deliver, type DeliverDeps, type Delivery, type Message } from "./deliver.ts";
import type { Outcome } from "./outcome.ts";
import { anew } from "./refusal.ts";
import { waitBudgetMs } from "./retry.ts";
import { hasTurnAhead } from "./turn.ts";
import { longestWaitMs } from "./wait.ts";

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
 * Delivers what waits, alerts first and then the oldest, until something cannot go out now: what comes after it would
 * overtake it. A message that Discord refuses for good is buried, and a plain one goes out in its place.
 *
 * `which` are those to deliver. `ofThisWebhook` are all that go to the same one: when Discord asks for a wait after one
 * of them, it means them all.
 */
export async function emptyOutbox(
  database: Database,
  deps: DeliverDeps,
  which: Queue = "all",
  ofThisWebhook: Queue = which,
): Promise<Emptied> {
  let delivered = 0;
  let budgetMs = deps.budgetMs ?? waitBudgetMs;
  for (;;) {
    const queue = attempt(() => lookAt(database, deps, which, ofThisWebhook));
    if (!queue.ok) return { delivered, kept: 1, reason: null, webhookGone: false, fault: queue.fault };
    const { row, notDue, webhookGone } = queue.result;
    const held = { delivered, kept: queue.result.kept, webhookGone, fault: null };
    if (row === null) return { ...held, reason: null };
    if (webhookGone) return { ...held, reason: gone };
    if (notDue !== null) return { ...held, reason: notDue.reason ?? "not due yet" };

    // A full disk must not stop the news: an attempt that could not be counted is made all the same.
    const beforeAttempt = () => void attempt(() => countAttempt(database, row.id));
    const delivery = await deliver(messageOf(row, database, deps.webhook), { ...deps, budgetMs, beforeAttempt });
    const { outcome } = delivery;
    budgetMs -= delivery.waitedMs;
    if (outcome.kind === "delivered") delivered += 1;
    const settled = attempt(() => settle(database, row, delivery, deps));
    const kept = held.kept - (outcome.kind === "delivered" ? 1 : 0);
    // What cannot be crossed out would be sent for ever.
    if (!settled.ok) return { ...held, delivered, kept, fault: settled.fault, reason: reasonIn(outcome) };
    if (outcome.kind === "delivered" || outcome.kind === "uneditable") continue;
    if (outcome.kind === "rejected" && !outcome.webhookGone) continue;
    return { ...held, reason: reasonIn(outcome), webhookGone: outcome.kind === "rejected" };
  }
}

function lookAt(database: Database, { webhook, clock }: DeliverDeps, which: Queue, ofThisWebhook: Queue) {
  const row = firstWaiting(database, which);
  const nowMs = clock.now();
  return {
    row,
    notDue:
      // A time further off than any wait that is believed comes from a clock that has been set back since.
      heldBack(database, ofThisWebhook, nowMs, nowMs + longestWaitMs) ??
      (row !== null && hasTurnAhead(row, nowMs) ? row : null),
    kept: countWaiting(database, which),
    webhookGone: row !== null && goneSince(database, webhook.url) !== null,
  };
}

const gone = `Discord says that the webhook does not exist; ${anew}`;

const reasonIn = (outcome: Outcome) => (outcome.kind === "delivered" ? null : outcome.reason);

/** Writes down what became of a message. */
function settle(
  database: Database,
  row: OutboxRow,
  { outcome, ambiguous }: Delivery,
  { clock, webhook }: DeliverDeps,
): void {
  const nowMs = clock.now();
  switch (outcome.kind) {
    case "delivered":
      settleDelivered(database, row, outcome.messageId, webhook.url);
      return;
    case "retry":
    case "blocked": {
      const { reason, afterMs } = outcome;
      postpone(database, row.id, { reason, ambiguous, notBeforeMs: afterMs === undefined ? 0 : nowMs + afterMs });
      return;
    }
    case "uneditable":
      // Deleted by somebody, or edited too often: the card is posted anew.
      rememberLiveCard(database, webhook.url, "");
      return;
    case "rejected":
      if (!outcome.webhookGone) {
        bury(database, row, outcome.reason, row.reduced === 1 ? null : reduce(JSON.parse(row.body), outcome.reason));
        return;
      }
      database.transaction(() => {
        postpone(database, row.id, { reason: outcome.reason, ambiguous, notBeforeMs: 0 });
        markGone(database, webhook.url, nowMs);
      })();
  }
}

function settleDelivered(database: Database, row: OutboxRow, messageId: string, url: string): void {
  database.transaction(() => {
    remove(database, row.id);
    // An edit whose answer could not be read is still an edit of the same message.
    if (row.kind === "live" && messageId !== "") rememberLiveCard(database, url, messageId);
    // It told how many reports could not even be kept.
    if (row.kind === "digest" && row.reduced === 0) remember(database, "dropped_reports", null);
  })();
}

function messageOf(row: OutboxRow, database: Database, { url }: DeliverDeps["webhook"]): Message {
  const body: unknown = JSON.parse(row.body);
  const { picture } = row;
  const messageId = row.kind === "live" ? liveCard(database, url) : null;
  // An edit that arrives twice is the same as once.
  if (messageId !== null) return { request: { method: "PATCH", messageId, body: asEdit(body), picture } };
  const repeat = { method: "POST", body: markAsRepeat(body, deliveryId(row)), picture } as const;
  return { request: { method: "POST", body, picture }, repeat, perhapsDelivered: row.ambiguous === 1 };
}

/** Short, and the same for every attempt of a message. */
function deliveryId({ id, created_at }: OutboxRow): string {
  return `#${(created_at + id).toString(36).slice(-5)}`;
}
