import type { ActiveRule } from "./alert.ts";
import { type AlertStates, stateKey } from "./alertState.ts";
import { rankOf } from "./judge.ts";
import type { Labels } from "./observation.ts";
import type { Rule, Severity } from "./rule.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { hourMs } from "./time.ts";

/** Another rule's trouble that says the same about the same target: raised now, or over for so short a time that this may lag behind. */
export interface Hush {
  readonly severity: Severity;
  readonly isOver: boolean;
}

/** What is over still explains what lags behind it: the load is an average of a quarter of an hour. */
const lagMs = hourMs;

/** The worst of what says the same about the same target; null for nothing. */
export function hushOf(
  name: RuleName,
  labels: Labels,
  states: AlertStates,
  ruleOf: (name: RuleName) => ActiveRule | null,
  nowMs: number,
): Hush | null {
  const { silencedBy = [] }: Rule = rules[name];
  if (silencedBy.length === 0) return null;
  const hushes = ruleNames.flatMap((other): readonly Hush[] => {
    if (!silencedBy.includes(other)) return [];
    const { observation, where }: Rule = rules[other];
    const target = { name: observation, labels: { ...where, ...labels } };
    const state = states[stateKey(other, target)];
    // Told of nothing, or not judged any more: it silences nothing either.
    if (state === undefined || state.worst === null || !ruleOf(other)?.linesFor(target.labels)) return [];
    if (state.severity !== null) return [{ severity: state.severity, isOver: false }];
    return nowMs - state.endedMs < lagMs ? [{ severity: state.worst, isOver: true }] : [];
  });
  return hushes.toSorted((one, other) => rankOf(one.severity) - rankOf(other.severity))[0] ?? null;
}

/** A trouble is not worth a word while another one that says the same is at least as bad. */
export function isHushed(severity: Severity | null, hush: Hush | null): boolean {
  return hush !== null && rankOf(hush.severity) <= rankOf(severity) && !(hush.isOver && severity === null);
}
