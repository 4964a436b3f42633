import type { KnownObservation, ObservationName } from "../metrics/index.ts";
import { observationKey } from "../model/observation.ts";
import { type Threshold, isTargetOf } from "../model/rule.ts";
import type { ActiveRule } from "./alert.ts";
import type { Thresholds } from "./judge.ts";
import type { RuleName } from "./rules.ts";
import { type AlertStates, stateKey } from "./state.ts";

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
  states: AlertStates,
): readonly Target[] {
  return [...judged(rule, byName), ...wellAgain(name, rule, byName, states)].flatMap((observation) => {
    const thresholds = rule.thresholdsFor(observation.labels, observation.value);
    const key = stateKey(name, observation);
    if (thresholds === null) return [];
    // Another number of the same target.
    const valueOf = (other: ObservationName | undefined) =>
      other === undefined ? undefined : values.get(observationKey({ ...observation, name: other }));
    if (valueOf(rule.unless) === 1 && !isKnownBad(states[key])) return [];
    const { whileBelow } = rule;
    const isMeant = whileBelow === undefined || (valueOf(whileBelow.name) ?? 0) < whileBelow.number;
    // Below every level nothing can be crossed.
    const level = isMeant ? valueOf(rule.level) : -Infinity;
    return [
      {
        name,
        key,
        observation,
        thresholds: {
          ...thresholds,
          warning: thresholdAt(thresholds.warning, level),
          critical: thresholdAt(thresholds.critical, level),
        },
        shown: valueOf(rule.displayAs) ?? observation.value,
      },
    ];
  });
}

const isKnownBad = (state: AlertStates[string] | undefined) =>
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
  states: AlertStates,
): readonly KnownObservation[] {
  if (presentIf === undefined || !byName.has(presentIf)) return [];
  const bad = new Set((byName.get(observation) ?? []).map((one) => stateKey(name, one)));
  return Object.entries(states).flatMap(([key, { severity, said, last }]) => {
    if (last === undefined || (severity === null && said === null) || bad.has(key)) return [];
    const target = { name: observation, labels: last.labels };
    return key === stateKey(name, target) ? [{ ...target, value: 0 }] : [];
  });
}

/** Below its level a threshold cannot raise; a raised alert still ends at its clear threshold. */
function thresholdAt(threshold: Threshold | null, level = 0): Threshold | null {
  if (threshold === null || level >= (threshold.from ?? 0)) return threshold;
  return { ...threshold, raise: threshold.raise > threshold.clear ? Infinity : -Infinity };
}
