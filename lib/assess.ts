import type { ActiveRule, Alert, Reminders, Transition } from "./alert.ts";
import { type AlertStates, type TargetState, moveClock, newTarget } from "./alertState.ts";
import { type Hush, isHushed, whatToAnnounce } from "./announce.ts";
import { type Lines, judge, levelOf, rankOf, worseOf } from "./judge.ts";
import type { Labels } from "./labels.ts";
import { type Observation, observationKey } from "./metric.ts";
import { valuesByKey } from "./observations.ts";
import type { Rule } from "./rule.ts";
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
  /** By how much the clock was set forward since the last run, in milliseconds; 0 if not given. */
  readonly clockMovedMs?: number;
}

/** A target that was not seen for so long is forgotten: a disk that is not coming back. */
const forgottenAfterMs = 7 * 24 * 60 * 60 * 1000;
/** What is over still explains what lags behind it: the load is an average of a quarter of an hour. */
const lagMs = 60 * 60 * 1000;

/**
 * Holds observations against rules, with what is remembered of the runs before. What is missing keeps its state: a mount
 * that is away for a while comes back as it went. Pure.
 */
export function assess(input: AssessInput): Assessment {
  const { nowMs, clockMovedMs = 0 } = input;
  const states: Record<string, TargetState> = Object.fromEntries(
    Object.entries(input.before).map(([key, state]) => [key, moveClock(state, clockMovedMs, nowMs)]),
  );
  const byName = Map.groupBy(input.observations, ({ name }) => name);
  const values = valuesByKey(input.observations);
  const alerts: Alert[] = [];
  const transitions: Transition[] = [];
  for (const name of ruleNames) {
    const rule = input.ruleOf(name);
    for (const observation of rule === null ? [] : targetsOf(rule, byName)) {
      const lines = rule?.linesFor(observation.labels) ?? null;
      if (lines === null) continue;
      const hush = hushOf(name, observation.labels, states, input);
      const key = keyOf(name, observation);
      const target = { name, observation, lines, hush, told: toldValue(name, observation, values) };
      const { state, transition } = assessTarget(target, states[key], input);
      states[key] = state;
      if (transition !== null) transitions.push(transition);
      const alert = alertOf(target, state);
      if (alert !== null) alerts.push(alert);
    }
  }
  return {
    // The worst first; otherwise in the order of the table.
    alerts: alerts.toSorted((one, other) => rankOf(one.severity) - rankOf(other.severity)),
    transitions: transitions.toSorted((one, other) => rankOf(one.to) - rankOf(other.to)),
    states: Object.fromEntries(Object.entries(states).filter(([, { seenMs }]) => nowMs - seenMs < forgottenAfterMs)),
  };
}

const keyOf = (name: RuleName, observation: Pick<Observation, "name" | "labels">) =>
  `${name} ${observationKey(observation)}`;

function targetsOf(rule: Rule, byName: ReadonlyMap<string, readonly Observation[]>): readonly Observation[] {
  const cores = byName.get("cpu_cores")?.[0]?.value ?? 0;
  if (cores < (rule.coresAtLeast ?? 0)) return [];
  const wanted = Object.entries(rule.where ?? {});
  return (byName.get(rule.observation) ?? []).filter(
    ({ labels, value }) => !Number.isNaN(value) && wanted.every(([label, text]) => labels[label] === text),
  );
}

/** The number that a person is told, which for some rules is another observation of the same target. */
function toldValue(name: RuleName, judged: Observation, values: ReadonlyMap<string, number>): number {
  const { tells }: Rule = rules[name];
  if (tells === undefined) return judged.value;
  return values.get(observationKey({ ...judged, name: tells })) ?? judged.value;
}

/** The worst of what says the same about the same target; rules that silence others stand before them in the table. */
function hushOf(name: RuleName, labels: Labels, states: AlertStates, { ruleOf, nowMs }: AssessInput): Hush | null {
  const { silencedBy = [] }: Rule = rules[name];
  const hushes = ruleNames.flatMap((other): readonly Hush[] => {
    if (!silencedBy.includes(other) || ruleOf(other) === null) return [];
    const { observation, where }: Rule = rules[other];
    const state = states[keyOf(other, { name: observation, labels: { ...where, ...labels } })];
    if (state === undefined || state.worst === null) return [];
    if (state.severity !== null) return [{ severity: state.severity, isOver: false }];
    return nowMs - state.endedMs < lagMs ? [{ severity: state.worst, isOver: true }] : [];
  });
  return hushes.toSorted((one, other) => rankOf(one.severity) - rankOf(other.severity))[0] ?? null;
}

interface Target {
  readonly name: RuleName;
  readonly observation: Observation;
  readonly lines: Lines;
  readonly hush: Hush | null;
  readonly told: number;
}

function assessTarget(
  { name, observation: { value, labels }, lines, hush, told }: Target,
  known: TargetState | undefined,
  { nowMs, reminders }: AssessInput,
): { readonly state: TargetState; readonly transition: Transition | null } {
  const { onlyWhenItBecomes = false, because }: Rule = rules[name];
  const isAccepted = levelOf(value, lines) !== null && (known === undefined ? onlyWhenItBecomes : known.accepted);
  if (isAccepted) return { state: { ...newTarget(nowMs), accepted: true }, transition: null };
  const before = known === undefined || known.accepted ? newTarget(nowMs) : known;
  const state = judge(before, value, lines, nowMs);
  const kind = whatToAnnounce(before, state, hush, reminders, nowMs);
  if (kind === null) return { state, transition: null };
  // Going back and forth counts as the worst of it, so that its end is news.
  const to = kind === "flapping" ? state.worst : state.severity;
  const line = to === null || kind === "flapping" ? null : (lines[to]?.raise ?? null);
  return {
    state: { ...state, said: to, saidMs: nowMs },
    transition: {
      kind,
      rule: name,
      labels,
      from: kind === "recovered" ? state.worst : before.said,
      to,
      value: told,
      // Where another number is told than was judged, the line is moved with it, unless words say it better.
      line: line === null || (told !== value && because !== undefined) ? null : line + (told - value),
      sinceMs: state.sinceMs,
      untilMs: to === null ? state.endedMs : nowMs,
    },
  };
}

function alertOf({ name, observation, lines, hush, told }: Target, state: TargetState): Alert | null {
  const severity = worseOf(state.severity, levelOf(observation.value, lines));
  if (severity === null || state.accepted || isHushed(severity, hush)) return null;
  const { labels } = observation;
  const sinceMs = state.severity === null ? null : state.sinceMs;
  return { rule: name, key: observationKey(observation), labels, severity, value: told, sinceMs };
}
