import type { Transition } from "../../lib/alerts/alert.ts";
import type { RuleName } from "../../lib/alerts/rules.ts";

/** Makes warnings that are raised at one time. */
export const raisedAt =
  (ms: number) =>
  (rule: RuleName, labels: Transition["labels"] = {}): Transition => ({
    kind: "raised",
    rule,
    labels,
    from: null,
    to: "warning",
    value: 1,
    threshold: 1,
    sinceMs: ms,
    untilMs: ms,
  });
