import type { Database } from "bun:sqlite";

import { asEdit, markAsRepeat, reduce } from "../render/discord/amend.ts";
import { goneSince, liveCard, markGone, setValue, setLiveCard } from "../state/keyValue.ts";
import { attempt } from "../state/fault.ts";
import {
  addDeadLetter,
  countAttempt,
  countWaiting,
  crossOut,
  firstWaiting,
  heldBack,
  type OutboxRow,
  postpone,
  type Queue,
} from "../state/outbox.ts";
import { anew, type Outcome } from "./outcome.ts";
import { send, type SendDeps, type WebhookRequest } from "./request.ts";
import { hasTurnAhead, retry, waitBudgetMs } from "./retry.ts";
import { longestWaitMs } from "./wait.ts";

/** How far the outbox was flushed. */
export interface FlushResult {
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
 * overtake it. A message that Discord refuses for good becomes a dead letter, and a plain one goes out in its place.
 *
 * `which` are those to deliver. `ofThisWebhook` are all that go to the same one: when Discord asks for a wait after one
 * of them, it means them all.
 */
export async function flush(
  database: Database,
  deps: DeliverDeps,
  which: Queue = "all",
  ofThisWebhook: Queue = which,
): Promise<FlushResult> {
  let delivered = 0;
  let budgetMs = deps.budgetMs ?? waitBudgetMs;
  for (;;) {
    const queue = attempt(() => lookAt(database, deps, which, ofThisWebhook));
    if (!queue.ok) return { delivered, kept: 1, reason: null, webhookGone: false, fault: queue.problem };
    const { row, notDue, webhookGone } = queue.value;
    const held = { delivered, kept: queue.value.kept, webhookGone, fault: null };
    if (row === null) return { ...held, reason: null };
    if (webhookGone) return { ...held, reason: gone };
    if (notDue !== null) return { ...held, reason: notDue.reason ?? "not due yet" };

    // A full disk must not stop the news: an attempt that could not be counted is made all the same.
    const beforeAttempt = () => void attempt(() => countAttempt(database, row.id));
    const delivery = await deliver(messageOf(row, database, deps), { ...deps, budgetMs, beforeAttempt });
    const { outcome } = delivery;
    budgetMs -= delivery.waitedMs;
    if (outcome.kind === "delivered") delivered += 1;
    const settled = attempt(() => settle(database, row, delivery, deps));
    const kept = held.kept - (outcome.kind === "delivered" ? 1 : 0);
    // What cannot be crossed out would be sent for ever.
    if (!settled.ok) return { ...held, delivered, kept, fault: settled.problem, reason: reasonIn(outcome) };
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
  { clock, webhook, words }: DeliverDeps,
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
      setLiveCard(database, webhook.url, "");
      return;
    case "rejected":
      if (!outcome.webhookGone) {
        const plain = row.reduced === 1 ? null : reduce(JSON.parse(row.body), outcome.reason, words);
        addDeadLetter(database, row, outcome.reason, plain);
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
    crossOut(database, row.id);
    // An edit whose answer could not be read is still an edit of the same message.
    if (row.kind === "live" && messageId !== "") setLiveCard(database, url, messageId);
    // It told how many reports could not even be kept.
    if (row.kind === "digest" && row.reduced === 0) setValue(database, "dropped_reports", null);
  })();
}

function messageOf(row: OutboxRow, database: Database, { webhook: { url }, words }: DeliverDeps): Message {
  const body: unknown = JSON.parse(row.body);
  const { picture } = row;
  const messageId = row.kind === "live" ? liveCard(database, url) : null;
  // An edit that arrives twice is the same as once.
  if (messageId !== null) return { request: { method: "PATCH", messageId, body: asEdit(body), picture } };
  const repeat = { method: "POST", body: markAsRepeat(body, deliveryId(row), words), picture } as const;
  return { request: { method: "POST", body, picture }, repeat, perhapsDelivered: row.ambiguous === 1 };
}

/** Short, and the same for every attempt of a message. */
function deliveryId({ id, created_at }: OutboxRow): string {
  return `#${(created_at + id).toString(36).slice(-5)}`;
}

/** What is to be delivered. */
export interface Message {
  readonly request: WebhookRequest;
  /** Sent in place of `request` once an attempt may have arrived: the same, saying that it may be a duplicate. */
  readonly repeat?: WebhookRequest;
  /** An attempt of an earlier run may have arrived: begin with the repeat. */
  readonly perhapsDelivered?: boolean;
}

/** What a delivery needs of the world. */
export interface DeliverDeps extends SendDeps {
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  /** What is left of the run's time for waiting, milliseconds; default 30 000. */
  readonly budgetMs?: number;
  /** Called before each POST, so that what is killed in between has been counted. */
  readonly beforeAttempt?: () => void;
}

/** How a delivery ended. */
export interface Delivery {
  /** The last attempt's outcome; ambiguous if any attempt was. */
  readonly outcome: Outcome;
  /** One of the attempts, or of those of an earlier run, may have arrived. */
  readonly ambiguous: boolean;
  readonly attempts: number;
  /** Time spent waiting between the attempts, milliseconds. */
  readonly waitedMs: number;
}

/** Sends a message until it is delivered, refused, or not worth another try in this run. */
export async function deliver(message: Message, deps: DeliverDeps): Promise<Delivery> {
  const { budgetMs = waitBudgetMs } = deps;
  let waitedMs = 0;
  let ambiguous = message.perhapsDelivered ?? false;
  for (let attempts = 1; ; attempts++) {
    deps.beforeAttempt?.();
    const last = await send(ambiguous ? (message.repeat ?? message.request) : message.request, deps);
    if (last.kind === "retry") ambiguous ||= last.ambiguous;
    const outcome = last.kind === "retry" ? { ...last, ambiguous } : last;
    const next = retry(last, attempts, budgetMs - waitedMs, deps.random());
    if (!next.again || !(await waited(next.waitMs, deps))) return { outcome, ambiguous, attempts, waitedMs };
    waitedMs += next.waitMs;
  }
}

/** Waits; false when the run was stopped meanwhile. */
async function waited(ms: number, { clock, signal }: DeliverDeps): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return !signal?.aborted;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
