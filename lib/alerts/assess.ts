import { dayMs } from "../clock.ts";
import type { KnownObservation } from "../metrics/index.ts";
import { observationKey, valuesByKey } from "../model/observation.ts";
import type { Rule } from "../model/rule.ts";
import type { ActiveRule, Alert, Reminders, Transition } from "./alert.ts";
import { endsSilently, type Inhibition, inhibitionOf, isInhibited, whatToAnnounce } from "./announce.ts";
import { isEasing, judge, levelOf, rankOf, worseOf } from "./judge.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { type AlertStates, moveClock, newTarget, stateKey, type TargetState } from "./state.ts";
import { findTargets, type Target } from "./targets.ts";

/** What came of holding observations against rules. */
export interface Assessment {
  readonly alerts: readonly Alert[];
  readonly transitions: readonly Transition[];
  readonly states: AlertStates;
}

/** What the assessment is made of. */
export interface AssessInput {
  readonly observations: readonly KnownObservation[];
  /** A rule with what the settings made of it; null when it is off. */
  readonly ruleOf: (name: RuleName) => ActiveRule | null;
  readonly before: AlertStates;
  readonly reminders: Reminders;
  readonly nowMs: number;
  /** By how much the clock was set forward since the last run, in milliseconds; 0 if not given. */
  readonly clockMovedMs?: number;
}

/** A target that was not seen for so long is forgotten: a disk that is not coming back. */
const forgottenAfterMs = 7 * dayMs;

/**
 * Holds observations against rules, with what is remembered of the runs before. What is missing keeps its state: a mount
 * that is away for a while comes back as it went. Pure.
 */
export function assess(input: AssessInput): Assessment {
  const { nowMs, clockMovedMs = 0 } = input;
  const states: Record<string, TargetState> = Object.fromEntries(
    Object.entries(input.before).map(([key, state]) => [key, moveClock(state, clockMovedMs, nowMs)]),
  );
  const observed = {
    byName: Map.groupBy(input.observations, ({ name }) => name),
    values: valuesByKey(input.observations),
  };
  const alerts: Alert[] = [];
  const transitions: Transition[] = [];
  for (const name of ruleNames) {
    const rule = input.ruleOf(name);
    if (rule === null) continue;
    const targets = findTargets(name, rule, observed, states);
    for (const target of targets) {
      const inhibition = inhibitionOf(name, target.observation.labels, states, input.ruleOf, nowMs);
      const { state, transition } = assessTarget(target, inhibition, states[target.key], input);
      states[target.key] = state;
      if (transition !== null) transitions.push(transition);
      alerts.push(...alertOf(target, inhibition, state));
    }
    const seen = new Set(targets.map(({ key }) => key));
    alerts.push(...unseenAlerts(name, rule, seen, states, input));
  }
  return {
    // The worst first; otherwise in the order of the table.
    alerts: alerts.toSorted((one, other) => rankOf(one.severity) - rankOf(other.severity)),
    transitions: transitions.toSorted((one, other) => rankOf(one.to) - rankOf(other.to)),
    states: Object.fromEntries(Object.entries(states).filter(([, { seenMs }]) => nowMs - seenMs < forgottenAfterMs)),
  };
}

function assessTarget(
  { name, observation: { value, labels }, thresholds, shown }: Target,
  inhibition: Inhibition,
  known: TargetState | undefined,
  { nowMs, reminders }: AssessInput,
): { readonly state: TargetState; readonly transition: Transition | null } {
  const { onlyWhenItBecomes = false, hasReason = false }: Rule = rules[name];
  const last = { labels, value: shown };
  const isAccepted = levelOf(value, thresholds) !== null && (known === undefined ? onlyWhenItBecomes : known.accepted);
  if (isAccepted) return { state: { ...newTarget(nowMs), accepted: true, last }, transition: null };
  const before = known === undefined || known.accepted ? newTarget(nowMs) : known;
  const state = { ...judge(before, value, thresholds, nowMs), last };
  if (endsSilently(state, inhibition)) return { state: { ...state, said: null }, transition: null };
  const kind = whatToAnnounce(before, state, inhibition, reminders, nowMs);
  if (kind === null) return { state, transition: null };
  const to = state.severity;
  const threshold = to === null ? null : (thresholds[to]?.raise ?? null);
  const worst = worseOf(to, state.worst);
  return {
    // Going back and forth counts as the worst of it, so that getting as bad again is no news.
    state: { ...state, said: kind === "flapping" ? worst : to, saidMs: nowMs, worst },
    transition: {
      kind,
      rule: name,
      labels,
      from: kind === "recovered" ? state.worst : before.said,
      to,
      value: shown,
      onAndOff: before.flapping,
      // Where another number is told than was judged, the threshold is moved with it, unless words say it better.
      threshold: threshold === null || (shown !== value && hasReason) ? null : threshold + (shown - value),
      sinceMs: state.sinceMs,
      untilMs: to === null ? state.endedMs : nowMs,
    },
  };
}

function alertOf(
  { name, observation, thresholds, shown }: Target,
  inhibition: Inhibition,
  state: TargetState,
): readonly Alert[] {
  const level = levelOf(observation.value, thresholds);
  const { onlyWhenRaised = false }: Rule = rules[name];
  const severity = onlyWhenRaised ? state.severity : worseOf(state.severity, level);
  if (severity === null || state.accepted || isInhibited(severity, inhibition)) return [];
  const { labels } = observation;
  const sinceMs = state.severity === null ? null : state.sinceMs;
  const now = { value: shown, easing: level === null && isEasing(state), sinceMs, lastSeenMs: null };
  return [{ rule: name, key: observationKey(observation), labels, severity, ...now }];
}

/** What was bad when it was last seen, and was not observed now: nobody knows that it is well. */
function unseenAlerts(
  name: RuleName,
  rule: ActiveRule,
  seen: ReadonlySet<string>,
  states: AlertStates,
  { ruleOf, nowMs }: AssessInput,
): readonly Alert[] {
  return Object.entries(states).flatMap(([key, { severity, sinceMs, seenMs, last }]) => {
    if (severity === null || last === undefined || seen.has(key)) return [];
    const { labels, value } = last;
    const observation = { name: rule.observation, labels };
    if (key !== stateKey(name, observation) || rule.thresholdsFor(labels) === null) return [];
    if (nowMs - seenMs >= forgottenAfterMs || isInhibited(severity, inhibitionOf(name, labels, states, ruleOf, nowMs)))
      return [];
    const then = { value, easing: false, sinceMs, lastSeenMs: seenMs };
    return [{ rule: name, key: observationKey(observation), labels, severity, ...then }];
  });
}
