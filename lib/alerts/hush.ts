import type { Labels } from "../model/observation.ts";
import type { Rule, Severity } from "../model/rule.ts";
import { hourMs } from "../time.ts";
import type { ActiveRule } from "./alert.ts";
import { rankOf, worseOf } from "./judge.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { type AlertStates, stateKey } from "./state.ts";

/** What other rules say of the same trouble of the same target. */
export interface Hush {
  /** The worst that was told: raised now, or over for so short a time that this may lag behind; null for nothing. */
  readonly severity: Severity | null;
  readonly isOver: boolean;
  /** When such a trouble was last told to be over, in milliseconds since the epoch; null for never. */
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
    return state === undefined || state.worst === null || !ruleOf(other)?.linesFor(target.labels) ? [] : [state];
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

/** A trouble is not worth a word while another one that says the same is at least as bad. */
export function isHushed(severity: Severity | null, hush: Hush): boolean {
  return hush.severity !== null && rankOf(hush.severity) <= rankOf(severity) && !(hush.isOver && severity === null);
}
