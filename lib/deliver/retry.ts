import type { OutboxRow } from "../state/outbox.ts";
import type { Outcome } from "./outcome.ts";

/** The decision to send again, and the wait in milliseconds. */
export type Retry = { readonly again: true; readonly waitMs: number } | { readonly again: false };

/** Most a run may spend waiting for Discord, over all its messages, milliseconds. */
export const waitBudgetMs = 30_000;

const triesInAll = 3;
/** Far more than the budget has room for; should the waits be none, it still ends. */
const triesWhenTold = 10;
/** Every repeat of a message that may have arrived is a possible duplicate, so there is one. */
const triesWhenAmbiguous = 2;

/**
 * What to do after an attempt: a few tries with exponential back-off and full jitter, or the wait that was asked for
 * and a turn on top, as long as it fits into what is left of the budget.
 *
 * `attempt` counts from 1, `random` is in [0, 1).
 */
export function retry(outcome: Outcome, attempt: number, budgetLeftMs: number, random: number): Retry {
  switch (outcome.kind) {
    case "delivered":
    case "blocked":
    case "deferred":
    case "uneditable":
    case "rejected":
    case "gone":
      return { again: false };
    case "retry": {
      const waitMs = waitAfter(outcome, attempt, random);
      return waitMs !== null && waitMs <= budgetLeftMs ? { again: true, waitMs } : { again: false };
    }
  }
}

function waitAfter({ ambiguous, afterMs }: Outcome & { kind: "retry" }, attempt: number, random: number) {
  if (ambiguous) {
    return attempt < triesWhenAmbiguous ? Math.max(afterMs ?? 0, 2000 + jitterMs(attempt, random)) : null;
  }
  // The turns get longer, so that it is the budget that ends this.
  if (afterMs !== undefined) return attempt < triesWhenTold ? afterMs + turnMs(attempt, random) : null;
  return attempt < triesInAll ? jitterMs(attempt, random) : null;
}

function jitterMs(attempt: number, random: number): number {
  return Math.round(random * 1000 * 2 ** (attempt - 1));
}

const longestBackOffMs = 30 * 60_000;

/** The back-off of a deferred message without `retry_after`, milliseconds, growing per attempt. `attempt` counts from 1. */
export function backOffMs(attempt: number): number {
  return Math.min(60_000 * 2 ** (attempt - 1), longestBackOffMs);
}

/** Tries after which a deferred message does not keep its place: those behind it pass. */
export const triesInFront = 3;

/** Tries, of some runs, after which a server fault is put down to the message: another one is tried as well. */
const triesOfAStuckOne = 6;

/** Whether the message itself may cause the other side's failure. */
export function isStuck(outcome: Outcome, attempts: number): boolean {
  return outcome.kind === "retry" && outcome.isServerFault === true && attempts >= triesOfAStuckOne;
}

/** Half of what usually lies between two reports, so that none is passed over. */
const longestTurnMs = 15 * 60_000;

/**
 * What comes on top of a wait that others were told as well, milliseconds: they must not all come back in one moment, and
 * the longer the queue lasts, the longer is the time that it spreads over. `attempt` counts from 1.
 */
export function turnMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(1000 * 4 ** attempt, longestTurnMs));
}

/**
 * Whether a message that had to wait is to wait for a turn of its own besides, because others were told the same. The draw
 * stays the same until it is refused again. Messages that go before it need not wait for that.
 */
export function hasTurnAhead({ id, attempts, not_before: askedMs }: OutboxRow, nowMs: number): boolean {
  const draw = Bun.hash.xxHash32(`${id} ${askedMs}`) / 2 ** 32;
  return attempts > 0 && askedMs > 0 && askedMs <= nowMs && nowMs < askedMs + turnMs(attempts, draw);
}
