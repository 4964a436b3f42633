import type { Rule } from "../model/rule.ts";
import type { Transition } from "./alert.ts";
import type { Seen } from "./announce.ts";
import { rankOf } from "./judge.ts";
import { expectedMs, usualMs } from "./recurrence.ts";
import { rules } from "./rules.ts";
import type { TargetState } from "./state.ts";
import type { Target } from "./targets.ts";

/** The transition of a target: its state before and now, since when, and the threshold that it crossed. */
export function transitionOf(
  kind: Transition["kind"],
  { name, observation: { value, labels }, thresholds, shown }: Target,
  { before, state, level, endsByItself, nowMs }: Seen,
): Transition {
  const { hasReason = false }: Rule = rules[name];
  const { severity: to, times } = state;
  const isRecovery = kind === "recovered";
  // Better, but not beyond the threshold any more: what matters is where it is over.
  const isBetween = to !== null && rankOf(level) > rankOf(to);
  const crossed = to === null ? undefined : thresholds[to]?.[isBetween ? "clear" : "raise"];
  const wasRecurring = before.recurringSinceMs;
  return {
    kind,
    rule: name,
    labels,
    from: isRecovery ? state.worst : before.said,
    to,
    value: shown,
    onAndOff: wasRecurring !== null,
    ...(state.byUpdate === undefined ? {} : { byUpdate: state.byUpdate }),
    ...(isRecovery && state.peak !== undefined ? { peak: state.peak } : {}),
    // When the shown number is not the judged one, the threshold moves with it, unless the words have a reason.
    threshold: crossed === undefined || (shown !== value && hasReason) ? null : crossed + (shown - value),
    ...(isBetween ? { isOverThere: true } : {}),
    ...againOf(kind, times, endsByItself),
    sinceMs: isRecovery && wasRecurring !== null ? wasRecurring : state.sinceMs,
    untilMs: to === null ? state.endedMs : nowMs,
  };
}

/** Earlier times of a recurring incident, for the message. */
function againOf(
  kind: Transition["kind"],
  times: TargetState["times"],
  endsByItself: boolean,
): Pick<Transition, "again"> {
  const isTold = kind === "flapping" || (kind === "raised" && endsByItself && times.length > 0);
  if (!isTold) return {};
  return { again: { count: times.length + 1, usualMs: usualMs(times), expectedMs: expectedMs(times) } };
}
