import { dayMs, hourMs } from "../clock.ts";
import type { Labels } from "../model/observation.ts";
import type { Rule, Severity } from "../model/rule.ts";
import type { ActiveRule, Reminders, Transition } from "./alert.ts";
import { isGood, rankOf, worseOf } from "./judge.ts";
import { expectedMs } from "./recurrence.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { type AlertStates, stateKey, type TargetState } from "./state.ts";

/** The facts on a target that decide its announcement. */
export interface Seen {
  readonly before: TargetState;
  readonly state: TargetState;
  /** The severity of this run's value by itself. */
  readonly level: Severity | null;
  readonly inhibition: Inhibition;
  /** It ends by itself, without anybody's doing, as a job that takes all CPUs does. */
  readonly endsByItself: boolean;
  readonly nowMs: number;
}

/**
 * What is to be said of a target after a run, if anything; reminders apart. Only what this run saw is told: that it is bad
 * while the value is beyond that threshold, that it is over while it is clear.
 */
export function whatToAnnounce(seen: Seen): Transition["kind"] | null {
  const { before, state, level, inhibition } = seen;
  const { severity, said, recurringSinceMs } = state;
  if (isInhibited(severity, inhibition) && !(inhibition.isOver && said !== null)) return null;
  const isRecurring = recurringSinceMs !== null;
  if (severity === null) return said !== null && !isRecurring && isGood(state) ? "recovered" : null;
  if (rankOf(severity) > rankOf(said)) return !isRecurring && state.clear.warning.looks === 0 ? "better" : null;
  if (rankOf(level) > rankOf(severity)) return null;
  if (isRecurring && (before.recurringSinceMs === null || said === null)) return "flapping";
  if (said === null) return "raised";
  if (rankOf(severity) < rankOf(said)) return "worse";
  return isExpected(seen) && seen.nowMs - state.sinceMs > expectedMs(state.times) ? "longer" : null;
}

/** It was told that it comes and goes, and how long it takes: it is told again only when it takes longer, or gets worse. */
function isExpected({ state: { severity, said, times, recurringSinceMs }, endsByItself }: Seen): boolean {
  if (recurringSinceMs !== null) return true;
  return endsByItself && times.length > 0 && severity !== "critical" && said !== "critical";
}

/**
 * Who has heard "disk / back to 41 %" need not hear, an hour later, that it is no longer about to be full; unless that was
 * said since then. And of what was told to take as long as the last time, the end is no news.
 */
export function endsSilently(seen: Seen): boolean {
  const { state, inhibition } = seen;
  const { severity, said, saidMs, recurringSinceMs } = state;
  if (severity !== null || said === null || recurringSinceMs !== null || seen.before.recurringSinceMs !== null)
    return false;
  const isToldOver = inhibition.recoveryToldMs !== null && inhibition.recoveryToldMs >= saidMs;
  // Its own time is among them by now.
  const times = state.times.slice(0, -1);
  const isAsExpected = isExpected({ ...seen, state: { ...state, times } });
  return isToldOver || (isAsExpected && state.endedMs - state.sinceMs <= expectedMs(times));
}

/** The longest time between two reminders. */
const longestReminderMs = 7 * dayMs;
/** A reminder that is due this soon goes along with another one. */
const togetherMs = dayMs;

/**
 * Whether what lasts is to be said again: `due`, or `soon` enough to go along with another one. Each time waits twice as
 * long as the one before. Only while the value is beyond the threshold, and not of what is expected to last.
 */
export function reminderOf(seen: Seen, reminders: Reminders): "due" | "soon" | null {
  const { state, level, inhibition, nowMs } = seen;
  const { severity, said, saidMs } = state;
  if (severity === null || severity !== said || rankOf(level) > rankOf(severity)) return null;
  if (reminders[severity] === 0 || isInhibited(severity, inhibition) || isExpected(seen)) return null;
  const gapMs = reminderGapMs(reminders[severity], state.reminders);
  const leftMs = gapMs - (nowMs - saidMs);
  if (leftMs <= 0) return "due";
  return leftMs <= togetherMs && leftMs <= gapMs / 2 ? "soon" : null;
}

/** The time to the next reminder, by the number of reminders so far. */
export const reminderGapMs = (firstMs: number, count: number): number =>
  Math.max(firstMs, Math.min(longestReminderMs, firstMs * 2 ** count));

/** Announcements of other rules on the same incident of the same target. */
export interface Inhibition {
  /** The worst announced severity: raised now, or over so recently that this rule may lag; null for none. */
  readonly severity: Severity | null;
  readonly isOver: boolean;
  /** The last announced recovery of such an incident, milliseconds since the epoch; null for none. */
  readonly recoveryToldMs: number | null;
}

/** An incident that just ended still explains a lagging one: load is a 15-minute average. */
const lagMs = hourMs;

const uninhibited: Inhibition = { severity: null, isOver: true, recoveryToldMs: null };

/** The announcements of the rules that inhibit this one. */
export function inhibitionOf(
  name: RuleName,
  labels: Labels,
  states: AlertStates,
  ruleOf: (name: RuleName) => ActiveRule | null,
  nowMs: number,
): Inhibition {
  const { inhibitedBy }: Rule = rules[name];
  if (inhibitedBy === undefined) return uninhibited;
  const others = ruleNames.flatMap((other) => {
    if (!inhibitedBy.includes(other)) return [];
    const { observation, where }: Rule = rules[other];
    const target = { name: observation, labels: { ...where, ...labels } };
    const state = states[stateKey(other, target)];
    // Announced nothing, or no longer judged: it inhibits nothing.
    return state === undefined || state.worst === null || !ruleOf(other)?.thresholdsFor(target.labels) ? [] : [state];
  });
  const raised = worstOf(others.map(({ severity }) => severity));
  const over = others.filter(({ severity }) => severity === null);
  const recoveryToldMs = over.filter(({ said }) => said === null).map(knownMs);
  return {
    severity: raised ?? worstOf(over.filter((state) => nowMs - knownMs(state) < lagMs).map(({ worst }) => worst)),
    isOver: raised === null,
    recoveryToldMs: recoveryToldMs.length === 0 ? null : Math.max(...recoveryToldMs),
  };
}

/** Since when it is known to be over, which for some rules is later than it was. */
const knownMs = ({ endedMs, saidMs }: TargetState) => Math.max(endedMs, saidMs);

const worstOf = (severities: readonly (Severity | null)[]) => severities.reduce(worseOf, null);

/** An incident is not worth a word while another one that says the same is at least as bad. */
export function isInhibited(severity: Severity | null, inhibition: Inhibition): boolean {
  return (
    inhibition.severity !== null &&
    rankOf(inhibition.severity) <= rankOf(severity) &&
    !(inhibition.isOver && severity === null)
  );
}
