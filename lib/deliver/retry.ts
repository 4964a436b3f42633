import type { Outcome } from "./outcome.ts";
import { turnMs } from "./turn.ts";

/** Whether to send again, and after how many milliseconds. */
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
    case "uneditable":
    case "rejected":
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
