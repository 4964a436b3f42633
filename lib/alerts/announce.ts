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
  hush: Hush,
  reminders: Reminders,
  nowMs: number,
): Transition["kind"] | null {
  const { severity, said, flapping } = state;
  if (isHushed(severity, hush) && !(hush.isOver && said !== null)) return null;
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
export function endsSilently({ severity, said, saidMs, flapping }: TargetState, { toldOverMs }: Hush): boolean {
  return severity === null && said !== null && !flapping && toldOverMs !== null && toldOverMs >= saidMs;
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
export interface Hush {
  /** The worst that was told: raised now, or over for so short a time that this may lag behind; null for nothing. */
  readonly severity: Severity | null;
  readonly isOver: boolean;
  /** When such an incident was last told to be over, in milliseconds since the epoch; null for never. */
  readonly toldOverMs: number | null;
}

/** What is over still explains what lags behind it: the load is an average of a quarter of an hour. */
const lagMs = hourMs;

/** What the rules say that silence this one. */
export function hushOf(
  name: RuleName,
  labels: Labels,
  states: AlertStates,
  ruleOf: (name: RuleName) => ActiveRule | null,
  nowMs: number,
): Hush {
  const { silencedBy = [] }: Rule = rules[name];
  const others = ruleNames.flatMap((other) => {
    if (!silencedBy.includes(other)) return [];
    const { observation, where }: Rule = rules[other];
    const target = { name: observation, labels: { ...where, ...labels } };
    const state = states[stateKey(other, target)];
    // Told of nothing, or not judged any more: it silences nothing either.
    return state === undefined || state.worst === null || !ruleOf(other)?.thresholdsFor(target.labels) ? [] : [state];
  });
  const raised = worstOf(others.map(({ severity }) => severity));
  const over = others.filter(({ severity }) => severity === null);
  const toldOverMs = over.filter(({ said }) => said === null).map(({ endedMs }) => endedMs);
  return {
    severity: raised ?? worstOf(over.filter(({ endedMs }) => nowMs - endedMs < lagMs).map(({ worst }) => worst)),
    isOver: raised === null,
    toldOverMs: toldOverMs.length === 0 ? null : Math.max(...toldOverMs),
  };
}

const worstOf = (severities: readonly (Severity | null)[]) => severities.reduce(worseOf, null);

/** An incident is not worth a word while another one that says the same is at least as bad. */
export function isHushed(severity: Severity | null, hush: Hush): boolean {
  return hush.severity !== null && rankOf(hush.severity) <= rankOf(severity) && !(hush.isOver && severity === null);
}
