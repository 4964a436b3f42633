import type { Database } from "bun:sqlite";

import { addDeadLetter } from "../state/deadLetters.ts";
import { attempt } from "../state/fault.ts";
import { goneSince, holdOf, markGone, setHold } from "../state/keyValue.ts";
import {
  type Amended,
  amend,
  countAttempt,
  countWaiting,
  crossOut,
  firstWaiting,
  nextToSend,
  type OutboxRow,
  postpone,
  type Queue,
} from "../state/outbox.ts";
import { together } from "../state/together.ts";
import { anew } from "./answer.ts";
import type { FlushResult } from "./flushed.ts";
import type { Outcome } from "./outcome.ts";
import {
  backOffMs,
  type DeliverDeps,
  type Delivery,
  hasTurnAhead,
  isStuck,
  longestWaitMs,
  triesInFront,
  waitBudgetMs,
} from "./retry.ts";

/** A way for messages out of the outbox. */
export interface Route {
  /** The messages that go this way. */
  readonly queue: Queue;
  /** Their address; a wait that it asks for holds back all messages to it. A secret. */
  readonly address: string;
  readonly deliver: (row: OutboxRow, deps: DeliverDeps) => Promise<Delivery>;
  /** The message without a refused part; null when nothing is left. */
  readonly lesserForm: (row: OutboxRow, refusal: Outcome & { kind: "rejected" }) => Amended | null;
  /** In the same transaction as the message is crossed out. */
  readonly onDelivered: (row: OutboxRow, outcome: Outcome & { kind: "delivered" }) => void;
  readonly onUneditable: () => void;
}

/** The next message, which a flush begins with. */
export type Begun = ReturnType<typeof lookAt>;

/** Looks for the next message and counts the attempt. Call it in the transaction of the run, which spares one of its own. */
export function begin(database: Database, to: Pick<Route, "queue" | "address">, nowMs: number): Begun {
  const next = lookAt(database, to, nowMs, []);
  if (next.row !== null) countAttempt(database, next.row.id);
  return next;
}

/** Messages that may be deferred in a run; more would be asking for a ban. */
const deferredInARun = 3;

/**
 * Delivers what waits, alerts first and then the oldest, until nothing can go out now: what comes after it would overtake
 * it. A message that is refused for good becomes a dead letter, and a lesser form of it goes out in its place; one that is
 * deferred waits by itself, and those of other kinds go on.
 */
export async function flush(
  database: Database,
  route: Route,
  deps: DeliverDeps,
  begun: Begun | null = null,
): Promise<FlushResult> {
  const tally = newTally();
  let first = begun;
  let budgetMs = deps.budgetMs ?? waitBudgetMs;
  for (;;) {
    const look = () => first ?? lookAt(database, route, deps.clock.now(), tally.passedOver);
    const queue = attempt(() => together(database, look));
    let isCounted = first !== null;
    first = null;
    if (!queue.ok) return { ...resultOf(tally, 1), fault: queue.problem };
    const { row, kept, reason, webhookGone } = queue.value;
    if (row === null || tally.deferred >= deferredInARun) {
      return { ...resultOf(tally, kept), reason: kept === 0 ? null : (tally.reason ?? reason), webhookGone };
    }
    // A full disk must not stop the news: an attempt that could not be counted is made all the same.
    const beforeAttempt = () => {
      if (!isCounted) attempt(() => countAttempt(database, row.id));
      isCounted = false;
    };
    const delivery = await route.deliver(row, { ...deps, budgetMs, beforeAttempt });
    const { outcome } = delivery;
    budgetMs -= delivery.waitedMs;
    const settled = attempt(() => settle(database, row, delivery, route, deps.clock.now()));
    count(tally, row, delivery, settled.ok ? settled.value : "done");
    const left = kept - (outcome.kind === "delivered" ? 1 : 0);
    // What cannot be crossed out would be sent for ever.
    if (!settled.ok) return { ...resultOf(tally, left), fault: settled.problem };
    if (settled.value === "stop") return { ...resultOf(tally, left), webhookGone: outcome.kind === "gone" };
    if (left === 0) return resultOf(tally, 0);
  }
}

interface Tally {
  delivered: number;
  readonly confirmed: number[];
  deferred: number;
  /** Not to be tried again in this run. */
  readonly passedOver: number[];
  readonly refused: Set<number>;
  reason: string | null;
  refusal: string | null;
}

const newTally = (): Tally => ({
  delivered: 0,
  confirmed: [],
  deferred: 0,
  passedOver: [],
  refused: new Set(),
  reason: null,
  refusal: null,
});

function resultOf({ delivered, confirmed, refused, reason, refusal }: Tally, kept: number): FlushResult {
  return { delivered, confirmed, kept, reason, refused: refused.size, refusal, webhookGone: false, fault: null };
}

function count(tally: Tally, { id }: OutboxRow, { outcome }: Delivery, settled: Settled): void {
  if (outcome.kind === "delivered") {
    tally.delivered += 1;
    if (outcome.messageId !== "") tally.confirmed.push(id);
  } else if (settled === "refused") {
    tally.refused.add(id);
    tally.refusal ??= outcome.reason;
  } else if (outcome.kind !== "rejected" && outcome.kind !== "uneditable") {
    tally.reason ??= outcome.reason;
    tally.deferred += 1;
    tally.passedOver.push(id);
  }
}

/** The next message; null with a reason when none may be sent now. */
function lookAt(
  database: Database,
  { queue, address }: Pick<Route, "queue" | "address">,
  nowMs: number,
  passedOver: readonly number[],
) {
  const kept = countWaiting(database, queue);
  const nothing = (reason: string, webhookGone = false) => ({ row: null, kept, reason, webhookGone });
  if (kept === 0) return nothing(notDue);
  if (goneSince(database, address) !== null) return nothing(gone, true);
  // A time further off than any wait that is believed comes from a clock that has been set back since.
  const believedMs = nowMs + longestWaitMs;
  const hold = holdOf(database, address);
  if (hold !== null && hold.untilMs > nowMs && hold.untilMs <= believedMs) return nothing(hold.reason);
  const row = nextToSend(database, queue, { nowMs, believedMs, triesInFront, passedOver });
  if (row === null) return nothing(firstWaiting(database, queue)?.reason ?? notDue);
  const hasTurn = hold?.untilMs === row.not_before && hasTurnAhead(row, nowMs);
  return hasTurn ? nothing(row.reason ?? notDue) : { row, kept, reason: notDue, webhookGone: false };
}

const notDue = "not due yet";
const gone = `Discord says that the webhook does not exist; ${anew}`;

/** Whether the next message may be tried; `refused`: it may, and this one has become a dead letter. */
type Settled = "done" | "refused" | "stop";

/** Writes down what became of a message. */
function settle(database: Database, row: OutboxRow, delivery: Delivery, route: Route, nowMs: number): Settled {
  const { outcome, ambiguous } = delivery;
  const keep = (reason: string, notBeforeMs: number) => postpone(database, row.id, { reason, ambiguous, notBeforeMs });
  switch (outcome.kind) {
    case "delivered":
      database.transaction(() => {
        crossOut(database, row.id);
        route.onDelivered(row, outcome);
      })();
      return "done";
    case "retry":
    case "blocked": {
      const { reason, afterMs } = outcome;
      const untilMs = afterMs === undefined ? 0 : nowMs + afterMs;
      database.transaction(() => {
        keep(reason, untilMs);
        if (untilMs > 0) setHold(database, route.address, { untilMs, reason });
      })();
      return untilMs === 0 && isStuck(outcome, row.attempts) ? "done" : "stop";
    }
    case "deferred":
      keep(outcome.reason, nowMs + Math.max(outcome.afterMs ?? 0, backOffMs(row.attempts + delivery.attempts)));
      return "done";
    case "uneditable":
      route.onUneditable();
      return "done";
    case "rejected":
      return settleRejected(database, row, outcome, ambiguous, route);
    case "gone":
      database.transaction(() => {
        keep(outcome.reason, 0);
        markGone(database, route.address, nowMs);
      })();
      return "stop";
  }
}

function settleRejected(
  database: Database,
  row: OutboxRow,
  refusal: Outcome & { kind: "rejected" },
  ambiguous: boolean,
  route: Route,
): Settled {
  const lesser = route.lesserForm(row, refusal);
  if (lesser !== null && !lesser.isPlain) {
    amend(database, row.id, lesser, refusal.reason, ambiguous);
    return "done";
  }
  // The whole of a plain message is among the dead letters already.
  if (row.reduced === 1) crossOut(database, row.id);
  else addDeadLetter(database, row, refusal.reason, lesser);
  return "refused";
}
