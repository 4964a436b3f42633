import type { Outcome } from "./outcome.ts";

/** Whether to send again, and after how many milliseconds. */
export type Retry = { readonly again: true; readonly waitMs: number } | { readonly again: false };

/** Most a run may spend waiting for Discord, over all its messages, milliseconds. */
export const waitBudgetMs = 30_000;

const triesInAll = 3;
/** Every repeat of a message that may have arrived is a possible duplicate, so there is one. */
const triesWhenAmbiguous = 2;

/**
 * What to do after an attempt: a few tries with exponential back-off and full jitter, or exactly the wait that was
 * asked for, as long as it fits into what is left of the budget.
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
      if (attempt >= (outcome.ambiguous ? triesWhenAmbiguous : triesInAll)) return { again: false };
      const waitMs = outcome.ambiguous
        ? Math.max(outcome.afterMs ?? 0, 2000 + jitterMs(attempt, random))
        : (outcome.afterMs ?? jitterMs(attempt, random));
      return waitMs <= budgetLeftMs ? { again: true, waitMs } : { again: false };
    }
  }
}

function jitterMs(attempt: number, random: number): number {
  return Math.round(random * 1000 * 2 ** (attempt - 1));
}
