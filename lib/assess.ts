import type { ActiveRule, Alert, Reminders, Transition } from "./alert.ts";
import { type AlertStates, type TargetState, newTarget } from "./alertState.ts";
import { type Lines, judge, levelOf } from "./judge.ts";
import { type Observation, observationKey } from "./metric.ts";
import type { Rule, Severity } from "./rule.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";

/** What came of holding observations against rules. */
export interface Assessment {
  readonly alerts: readonly Alert[];
  readonly transitions: readonly Transition[];
  readonly states: AlertStates;
}

/** What the assessment is made of. */
export interface AssessInput {
  readonly observations: readonly Observation[];
  /** A rule with what the settings made of it; null when it is off. */
  readonly ruleOf: (name: RuleName) => ActiveRule | null;
  readonly before: AlertStates;
  readonly reminders: Reminders;
  readonly nowMs: number;
}

/** A target that was not seen for so long is forgotten: a disk that is not coming back. */
const forgottenAfterMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Holds observations against rules, with what is remembered of the runs before. What is missing keeps its state: a mount
 * that is away for a while comes back as it went. Pure.
 */
export function assess(input: AssessInput): Assessment {
  const { before, nowMs } = input;
  const kept = Object.entries(before).filter(([, { seenMs }]) => nowMs - seenMs < forgottenAfterMs);
  const states: Record<string, TargetState> = Object.fromEntries(kept);
  const alerts: Alert[] = [];
  const transitions: Transition[] = [];
  const raised = new Set<string>();
  for (const name of ruleNames) {
    const rule = input.ruleOf(name);
    if (rule === null) continue;
    const isSilent = rule.silencedBy?.some((other) => raised.has(other)) ?? false;
    for (const observation of targetsOf(rule, input.observations)) {
      const lines = rule.linesFor(observation.labels);
      if (lines === null) continue;
      const key = observationKey(observation);
      const { state, transition } = assessTarget(input, name, observation, before[`${name} ${key}`], lines, isSilent);
      states[`${name} ${key}`] = state;
      if (transition !== null) transitions.push(transition);
      if (state.severity !== null) raised.add(name);
      const severity = state.accepted || isSilent ? null : worse(state.severity, levelOf(observation.value, lines));
      if (severity === null) continue;
      const sinceMs = state.severity === null ? null : state.sinceMs;
      const value = toldValue(rule, observation, input.observations);
      alerts.push({ rule: name, key, labels: observation.labels, severity, value, sinceMs });
    }
  }
  return { alerts: alerts.toSorted(bySeverity), transitions: transitions.toSorted(byImportance), states };
}

function targetsOf(rule: Rule, observations: readonly Observation[]): readonly Observation[] {
  const cores = observations.find(({ name }) => name === "cpu_cores")?.value ?? 0;
  if (cores < (rule.coresAtLeast ?? 0)) return [];
  const wanted = Object.entries(rule.where ?? {});
  return observations.filter(
    ({ name, labels }) => name === rule.observation && wanted.every(([label, value]) => labels[label] === value),
  );
}

/** The number that a person is told, which for some rules is another observation of the same target. */
function toldValue({ tells }: Rule, judged: Observation, observations: readonly Observation[]): number {
  if (tells === undefined) return judged.value;
  const key = observationKey({ ...judged, name: tells });
  return observations.find((other) => observationKey(other) === key)?.value ?? judged.value;
}

interface Assessed {
  readonly state: TargetState;
  readonly transition: Transition | null;
}

function assessTarget(
  { nowMs, reminders, observations }: AssessInput,
  rule: RuleName,
  observation: Observation,
  known: TargetState | undefined,
  lines: Lines,
  silent: boolean,
): Assessed {
  const { value, labels } = observation;
  const level = levelOf(value, lines);
  const { onlyWhenItBecomes = false }: Rule = rules[rule];
  const isAccepted = level !== null && (known === undefined ? onlyWhenItBecomes : known.accepted);
  if (isAccepted) return { state: { ...newTarget(nowMs), accepted: true }, transition: null };
  const before = known === undefined || known.accepted ? newTarget(nowMs) : known;
  const state = judge(before, value, lines, nowMs);
  const kind = silent ? null : whatToAnnounce(before, state, reminders, nowMs);
  if (kind === null) return { state: { ...state, saidMs: Math.min(state.saidMs, nowMs) }, transition: null };
  const { severity } = state;
  return {
    state: { ...state, said: severity, saidMs: nowMs },
    transition: {
      kind,
      rule,
      labels,
      from: before.said,
      to: severity,
      value: toldValue(rules[rule], observation, observations),
      line: severity === null || kind === "flapping" ? null : (lines[severity]?.raise ?? null),
      sinceMs: severity === null ? before.sinceMs : state.sinceMs,
    },
  };
}

function whatToAnnounce(
  before: TargetState,
  { severity, said, saidMs, flapping }: TargetState,
  reminders: Reminders,
  nowMs: number,
): Transition["kind"] | null {
  if (flapping) return before.flapping ? null : "flapping";
  if (severity === said) {
    const everyMs = severity === null ? 0 : reminders[severity];
    return everyMs > 0 && nowMs - saidMs >= everyMs ? "reminder" : null;
  }
  if (severity === null) return "recovered";
  if (said === null) return "raised";
  return severity === "critical" ? "worse" : "better";
}

const worse = (one: Severity | null, other: Severity | null) =>
  one === "critical" || other === "critical" ? "critical" : (one ?? other);

const ranks = { critical: 0, warning: 1 } as const;
const rankOf = (severity: Severity | null) => (severity === null ? 2 : ranks[severity]);

/** The worst first; otherwise in the order of the table. */
const bySeverity = (one: Alert, other: Alert) => rankOf(one.severity) - rankOf(other.severity);
const byImportance = (one: Transition, other: Transition) => rankOf(one.to) - rankOf(other.to);
