import { dayMs, hourMs } from "../clock.ts";
import type { KnownObservation } from "../metrics/index.ts";
import { observationKey, valuesByKey } from "../model/observation.ts";
import type { Rule } from "../model/rule.ts";
import type { ActiveRule, Alert, Reminders, Transition } from "./alert.ts";
import {
  endsSilently,
  type Inhibition,
  inhibitionOf,
  isInhibited,
  reminderGapMs,
  reminderOf,
  whatToAnnounce,
} from "./announce.ts";
import { countedThen, endThen, rememberedThen } from "./firstRules.ts";
import { isEasing, judge, levelOf, rankOf, worseOf } from "./judge.ts";
import { isSilenced, muteOf, noSilence, type Silence } from "./mutes.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { type AlertStates, moveClock, newTarget, stateKey, type TargetState } from "./state.ts";
import { findTargets, isWellStill, type Known, knownBad, type Target } from "./targets.ts";
import { transitionOf } from "./transition.ts";

/** The result of an assessment. */
export interface Assessment {
  readonly alerts: readonly Alert[];
  readonly transitions: readonly Transition[];
  readonly states: AlertStates;
}

/** The input of an assessment. */
export interface AssessInput {
  readonly observations: readonly KnownObservation[];
  /** A rule with what the settings made of it; null when it is off. */
  readonly ruleOf: (name: RuleName) => ActiveRule | null;
  readonly before: AlertStates;
  readonly reminders: Reminders;
  readonly nowMs: number;
  /** When the last run was, by the clock of then; null or not given when there was none. */
  readonly lastRunMs?: number | null;
  /** By how much the clock was set forward since the last run, in milliseconds; 0 if not given. */
  readonly clockMovedMs?: number;
  /** The rules that the version of the last run did not have; none by default. */
  readonly newRules?: readonly RuleName[];
  /** Mutes and quiet hours; none by default. */
  readonly silence?: Silence;
}

/** A target that was not seen for this long is forgotten: its disk is not coming back. */
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
  const known = { states, bad: knownBad(states) };
  const observed = {
    byName: Map.groupBy(input.observations, ({ name }) => name),
    values: valuesByKey(input.observations),
  };
  const found: Found = { states, alerts: [], transitions: [], reminders: [], well: newTarget(nowMs) };
  const { alerts, transitions, reminders } = found;
  for (const name of ruleNames) {
    const rule = input.ruleOf(name);
    if (rule === null) continue;
    const targets = findTargets(name, rule, observed, known);
    for (const target of targets) {
      if (isWellStill(target, states[target.key])) states[target.key] = found.well;
      else addTarget(target, input, found);
    }
    if (!known.bad.has(name)) continue;
    const seen = new Set(targets.map(({ key }) => key));
    alerts.push(...unseenAlerts(name, rule, seen, known, input));
  }
  transitions.push(...endedThen(states, observed.values, input));
  // When one is due, what is due soon goes along with it: one message a day.
  for (const { key, transition } of reminders.some(({ when }) => when === "due") ? reminders : []) {
    const state = states[key];
    if (state !== undefined) states[key] = stateAfter("reminder", state, nowMs);
    transitions.push(transition);
  }
  return {
    // The worst first; otherwise in the order of the table.
    alerts: withMutes(alerts, input).toSorted((one, other) => rankOf(one.severity) - rankOf(other.severity)),
    transitions: transitions.toSorted((one, other) => rankOf(one.to) - rankOf(other.to)),
    states: Object.fromEntries(Object.entries(states).filter(([, { seenMs }]) => nowMs - seenMs < forgottenAfterMs)),
  };
}

/** What an earlier version told and a look of this one finds over; in a silence it waits, as all recoveries do. */
function endedThen(
  states: Record<string, TargetState>,
  values: ReadonlyMap<string, number>,
  { silence = noSilence, nowMs }: AssessInput,
): readonly Transition[] {
  return isSilenced(silence, "containers", {}, null) ? [] : endThen(states, values.get(countedThen), nowMs);
}

/** What the rules have found so far. */
interface Found {
  readonly states: Record<string, TargetState>;
  readonly alerts: Alert[];
  readonly transitions: Transition[];
  readonly reminders: (Pick<Target, "key"> & NonNullable<Assessed["reminder"]>)[];
  /** One state for all that are well, as most targets are for months. */
  readonly well: TargetState;
}

function addTarget(target: Target, input: AssessInput, { states, alerts, transitions, reminders }: Found): void {
  const { name, key, observation } = target;
  const inhibition = inhibitionOf(name, observation.labels, states, input.ruleOf, input.nowMs);
  const { state, transition, reminder } = assessTarget(target, inhibition, states, input);
  states[key] = state;
  if (transition !== null) transitions.push(transition);
  if (reminder !== null) reminders.push({ key, ...reminder });
  alerts.push(...alertOf(target, inhibition, state));
}

/** A target after a run, what is told of it, and what would be if other reminders are told. */
interface Assessed {
  readonly state: TargetState;
  readonly transition: Transition | null;
  readonly reminder: { readonly when: "due" | "soon"; readonly transition: Transition } | null;
}

function assessTarget(target: Target, inhibition: Inhibition, states: AlertStates, input: AssessInput): Assessed {
  const { nowMs } = input;
  const { observation, thresholds, shown } = target;
  const { value, labels } = observation;
  const { onlyWhenItBecomes = false }: Rule = rules[target.name];
  const last = { labels, value: shown };
  const level = levelOf(value, thresholds);
  const known = states[target.key] ?? (level === null ? undefined : rememberedThen(target.name, states));
  const isNew = known === undefined && input.newRules?.includes(target.name) === true;
  const byUpdate = level !== null && (isNew || known?.byUpdate === true);
  const isAccepted = level !== null && (known === undefined ? onlyWhenItBecomes : known.accepted);
  const quiet = { transition: null, reminder: null };
  if (isAccepted) return { state: { ...newTarget(nowMs), accepted: true, last }, ...quiet };
  const before = known === undefined || known.accepted ? newTarget(nowMs) : known;
  const standsForMs = standsFor(target, known, input);
  const look = { value, thresholds, nowMs, standsForMs, doubtMs: doubtMs(target, inhibition) };
  const { byUpdate: _, ...judged } = { ...judge(before, look), last };
  const state = { ...judged, ...peakOf(before, judged.severity, target), ...(byUpdate ? { byUpdate } : {}) };
  const seen = { before, state, level, inhibition, endsByItself: thresholds.forMs > 0, nowMs };
  if (endsSilently(seen)) return { state: { ...state, said: null }, ...quiet };
  const kind = whatToAnnounce(seen);
  const tell = (told: Transition["kind"]) => transitionOf(told, target, seen);
  // What was said stays as it was, so that what still holds is told when the silence ends.
  if (isSilenced(input.silence ?? noSilence, target.name, labels, state.severity)) return { state, ...quiet };
  if (kind !== null) return { state: stateAfter(kind, state, nowMs), transition: tell(kind), reminder: null };
  const when = reminderOf(seen, input.reminders);
  if (when === null || state.severity === null) return { state, ...quiet };
  const nextReminderMs = nowMs + reminderGapMs(input.reminders[state.severity], state.reminders + 1);
  return { state, transition: null, reminder: { when, transition: { ...tell("reminder"), nextReminderMs } } };
}

/** The worst value of an incident so far; it stays until the next one begins. */
function peakOf(
  { severity, peak }: TargetState,
  now: TargetState["severity"],
  { shown, thresholds: { warning, critical } }: Target,
): Pick<TargetState, "peak"> {
  const threshold = warning ?? critical;
  if (now === null) return peak === undefined ? {} : { peak };
  if (severity === null || peak === undefined || threshold === null) return { peak: shown };
  return { peak: threshold.raise < threshold.clear ? Math.min(peak, shown) : Math.max(peak, shown) };
}

/**
 * A forecast is believed when it has held for a quarter of its own length: what fills up in 20 hours has filled for five.
 * Or when the present is bad enough, which another rule says.
 */
function doubtMs({ name, observation }: Target, inhibition: Inhibition): number {
  const { isForecast = false }: Rule = rules[name];
  const isBadByNow = inhibition.severity !== null && !inhibition.isOver;
  return isForecast && !isBadByNow ? (observation.value * hourMs) / 4 : 0;
}

/** A rate tells of the time since the last run, also at first sight; everything else since it was looked at before. */
function standsFor({ name }: Target, known: TargetState | undefined, input: AssessInput): number {
  const { lastRunMs = null, clockMovedMs = 0, nowMs } = input;
  const { where = {} }: Rule = rules[name];
  const sinceLastRunMs = lastRunMs === null ? Infinity : Math.max(0, nowMs - lastRunMs - clockMovedMs);
  if (known !== undefined) return Math.min(nowMs - known.seenMs, sinceLastRunMs);
  return where["window"] === "report" && lastRunMs !== null ? sinceLastRunMs : 0;
}

/** Remembers the announcement. */
function stateAfter(kind: Transition["kind"], state: TargetState, nowMs: number): TargetState {
  const { severity } = state;
  const worst = worseOf(severity, state.worst);
  // What comes and goes counts as the worst of it, so that getting as bad again is no news.
  const said = state.recurringSinceMs === null ? severity : worst;
  const told = { ...state, said, saidMs: nowMs, worst, reminders: kind === "reminder" ? state.reminders + 1 : 0 };
  // What lasts longer than it should, or gets worse than it was, is an incident of its own.
  const isOfItsOwn = kind === "longer" || (kind === "worse" && state.recurringSinceMs !== null);
  return isOfItsOwn ? { ...told, said: severity, times: [], recurringSinceMs: null } : told;
}

/** Marks muted alerts, which are still judged and shown. */
function withMutes(alerts: readonly Alert[], { silence = noSilence }: AssessInput): readonly Alert[] {
  return alerts.map((alert) => {
    const mute = muteOf(silence, alert.rule, alert.labels);
    return mute === null ? alert : { ...alert, mute };
  });
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

/** Alerts on targets that were bad when last seen and were not observed now: they may still be bad. */
function unseenAlerts(
  name: RuleName,
  rule: ActiveRule,
  seen: ReadonlySet<string>,
  { states, bad }: Known,
  { ruleOf, nowMs }: AssessInput,
): readonly Alert[] {
  return (bad.get(name) ?? []).flatMap((key) => {
    const { severity = null, sinceMs = 0, seenMs = 0, last } = states[key] ?? {};
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
