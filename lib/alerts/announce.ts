import { hourMs } from "../clock.ts";
import type { Labels } from "../model/observation.ts";
import type { Rule, Severity } from "../model/rule.ts";
import type { ActiveRule, Reminders, Transition } from "./alert.ts";
import { rankOf, worseOf } from "./judge.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { type AlertStates, stateKey, type TargetState } from "./state.ts";

/** What is to be said of a target after a run, if anything. */
export function whatToAnnounce(
  before: TargetState,
  state: TargetState,
  inhibition: Inhibition,
  reminders: Reminders,
  nowMs: number,
): Transition["kind"] | null {
  const { severity, said, flapping } = state;
  if (isInhibited(severity, inhibition) && !(inhibition.isOver && said !== null)) return null;
  if (flapping && severity !== null && (!before.flapping || said === null)) return "flapping";
  // Nobody may be left without the news that it is worse than was said.
  if (flapping && before.flapping) return rankOf(severity) < rankOf(said) ? "worse" : null;
  if (severity === said) return isReminderDue(state, reminders, nowMs) ? "reminder" : null;
  if (severity === null) return "recovered";
  if (said === null) return "raised";
  return severity === "critical" ? "worse" : "better";
}

/**
 * Who has heard "disk / back to 41 %" need not hear, an hour later, that it is no longer about to be full; unless that was
 * said since then.
 */
export function endsSilently(
  { severity, said, saidMs, flapping }: TargetState,
  { recoveryToldMs }: Inhibition,
): boolean {
  return severity === null && said !== null && !flapping && recoveryToldMs !== null && recoveryToldMs >= saidMs;
}

/** Not while it looks as if it were over: the next run may say so. */
function isReminderDue(
  { severity, saidMs, clearWarning, clearCritical }: TargetState,
  reminders: Reminders,
  nowMs: number,
): boolean {
  if (severity === null || (severity === "critical" ? clearCritical : clearWarning) > 0) return false;
  return reminders[severity] > 0 && nowMs - saidMs >= reminders[severity];
}

/** What other rules say of the same incident of the same target. */
export interface Inhibition {
  /** The worst that was told: raised now, or over for so short a time that this may lag behind; null for nothing. */
  readonly severity: Severity | null;
  readonly isOver: boolean;
  /** When such an incident was last told to be over, in milliseconds since the epoch; null for never. */
  readonly recoveryToldMs: number | null;
}

/** What is over still explains what lags behind it: the load is an average of a quarter of an hour. */
const lagMs = hourMs;

/** What the rules that inhibit this one say. */
export function inhibitionOf(
  name: RuleName,
  labels: Labels,
  states: AlertStates,
  ruleOf: (name: RuleName) => ActiveRule | null,
  nowMs: number,
): Inhibition {
  const { inhibitedBy = [] }: Rule = rules[name];
  const others = ruleNames.flatMap((other) => {
    if (!inhibitedBy.includes(other)) return [];
    const { observation, where }: Rule = rules[other];
    const target = { name: observation, labels: { ...where, ...labels } };
    const state = states[stateKey(other, target)];
    // Told of nothing, or not judged any more: it inhibits nothing either.
    return state === undefined || state.worst === null || !ruleOf(other)?.thresholdsFor(target.labels) ? [] : [state];
  });
  const raised = worstOf(others.map(({ severity }) => severity));
  const over = others.filter(({ severity }) => severity === null);
  const recoveryToldMs = over.filter(({ said }) => said === null).map(({ endedMs }) => endedMs);
  return {
    severity: raised ?? worstOf(over.filter(({ endedMs }) => nowMs - endedMs < lagMs).map(({ worst }) => worst)),
    isOver: raised === null,
    recoveryToldMs: recoveryToldMs.length === 0 ? null : Math.max(...recoveryToldMs),
  };
}

const worstOf = (severities: readonly (Severity | null)[]) => severities.reduce(worseOf, null);

/** An incident is not worth a word while another one that says the same is at least as bad. */
export function isInhibited(severity: Severity | null, inhibition: Inhibition): boolean {
  return (
    inhibition.severity !== null &&
    rankOf(inhibition.severity) <= rankOf(severity) &&
    !(inhibition.isOver && severity === null)
  );
}
