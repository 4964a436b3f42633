import type { KnownObservation, ObservationName } from "../metrics/index.ts";
import { observationKey } from "../model/observation.ts";
import { type Threshold, isTargetOf } from "../model/rule.ts";
import type { ActiveRule } from "./alert.ts";
import { levelOf, type Thresholds } from "./judge.ts";
import type { RuleName } from "./rules.ts";
import { type AlertStates, isWell, stateKey, type TargetState } from "./state.ts";

/** One thing that a rule judges now. */
export interface Target {
  readonly name: RuleName;
  /** Under what its state is remembered. */
  readonly key: string;
  readonly observation: KnownObservation;
  readonly thresholds: Thresholds;
  /** The shown number; some rules show another observation of the same target. */
  readonly shown: number;
}

/** Observations by name, and their values by key, so that one is found at once among thousands. */
export interface Observed {
  readonly byName: ReadonlyMap<ObservationName, readonly KnownObservation[]>;
  readonly values: ReadonlyMap<string, number>;
}

/** The observations that a rule judges; targets for which it is off are left out. Pure. */
export function findTargets(
  name: RuleName,
  rule: ActiveRule,
  { byName, values }: Observed,
  known: Known,
): readonly Target[] {
  const again = known.bad.has(name) ? wellAgain(name, rule, byName, known) : [];
  return [...judged(rule, byName), ...again].flatMap((observation) => {
    const thresholds = rule.thresholdsFor(observation.labels, observation.value);
    const key = stateKey(name, observation);
    if (thresholds === null) return [];
    // Another number of the same target.
    const valueOf = (other: ObservationName | undefined) =>
      other === undefined ? undefined : values.get(observationKey({ ...observation, name: other }));
    if (valueOf(rule.unless) === 1 && !isKnownBad(known.states[key])) return [];
    const { whileBelow } = rule;
    const isMeant = whileBelow === undefined || (valueOf(whileBelow.name) ?? 0) < whileBelow.number;
    // Below every level nothing can be crossed.
    const level = isMeant ? (rule.level === undefined ? undefined : (valueOf(rule.level) ?? 0)) : -Infinity;
    return [
      {
        name,
        key,
        observation,
        thresholds: level === undefined ? thresholds : thresholdsAt(level, thresholds),
        shown: valueOf(rule.displayAs) ?? observation.value,
      },
    ];
  });
}

/** The remembered states of the targets, and the targets that were bad or had an alert, by rule. */
export interface Known {
  readonly states: AlertStates;
  readonly bad: ReadonlyMap<string, readonly string[]>;
}

/** The same, found once: most runs have none. */
export function knownBad(states: AlertStates): Known["bad"] {
  const keys = Object.keys(states).filter((key) => isKnownBad(states[key]));
  return Map.groupBy(keys, (key) => key.slice(0, key.indexOf(" ")));
}

const isKnownBad = (state: AlertStates[string] | undefined): boolean =>
  state !== undefined && (state.severity !== null || state.said !== null);

function judged(rule: ActiveRule, byName: Observed["byName"]): readonly KnownObservation[] {
  const cores = byName.get("cpu_cores")?.[0]?.value ?? 0;
  if (cores < (rule.coresAtLeast ?? 0)) return [];
  return (byName.get(rule.observation) ?? []).filter((one) => !Number.isNaN(one.value) && isTargetOf(rule, one));
}

/** For observations that exist only while bad: the known targets that recovered. */
function wellAgain(
  name: RuleName,
  { observation, presentIf }: ActiveRule,
  byName: Observed["byName"],
  { states, bad: known }: Known,
): readonly KnownObservation[] {
  if (presentIf === undefined || !byName.has(presentIf)) return [];
  const bad = new Set((byName.get(observation) ?? []).map((one) => stateKey(name, one)));
  return (known.get(name) ?? []).flatMap((key) => {
    const { last } = states[key] ?? {};
    if (last === undefined || bad.has(key)) return [];
    const target = { name: observation, labels: last.labels };
    return key === stateKey(name, target) ? [{ ...target, value: 0 }] : [];
  });
}

/** Below its level a threshold cannot raise; a raised alert still ends at its clear threshold. */
function thresholdsAt(level: number, thresholds: Thresholds): Thresholds {
  const at = (threshold: Threshold | null) =>
    threshold === null || level >= (threshold.from ?? 0)
      ? threshold
      : { ...threshold, raise: threshold.raise > threshold.clear ? Infinity : -Infinity };
  return { ...thresholds, warning: at(thresholds.warning), critical: at(thresholds.critical) };
}

/** Whether a target was well and still is: then there is nothing to judge, to tell or to count. */
export const isWellStill = ({ observation, thresholds }: Target, state: TargetState | undefined): boolean =>
  levelOf(observation.value, thresholds) === null && (state === undefined || isWell(state));
