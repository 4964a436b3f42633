import { hourMs, minuteMs } from "../clock.ts";
import type { Threshold, Severity } from "../model/rule.ts";
import { followRecurrence } from "./recurrence.ts";
import { noStreak, type Streak, type Streaks, type TargetState } from "./state.ts";

/** The thresholds that hold for one target. */
export interface Thresholds {
  readonly warning: Threshold | null;
  readonly critical: Threshold | null;
  /** Reports in a row on the good side before something counts as over. */
  readonly runsToClear: number;
  /** For how long it must be beyond a threshold, or be clear of it; 0 where looks are counted and no time. */
  readonly forMs: number;
}

/** One look at a target. */
export interface Look {
  readonly value: number;
  readonly thresholds: Thresholds;
  readonly nowMs: number;
  /** The time that it tells of: since the target was looked at before; 0 when it never was. */
  readonly standsForMs: number;
  /** For how long it must be beyond a threshold before it is believed; what is not a forecast is believed at once. */
  readonly doubtMs?: number;
}

/** The severity of a value by itself, without history. A value on a threshold is beyond it. */
export function levelOf(value: number, { warning, critical }: Thresholds): Severity | null {
  if (critical !== null && isBeyond(value, critical)) return "critical";
  return warning !== null && isBeyond(value, warning) ? "warning" : null;
}

/** Bad lies above a threshold whose clear threshold is below it, and the other way round. */
const isBeyond = (value: number, { raise, clear, isOpen }: Threshold) =>
  (raise > clear ? value >= raise : value <= raise) && !(isOpen === true && value === raise);
const isClear = (value: number, { raise, clear }: Threshold) => (raise > clear ? value <= clear : value >= clear);

/** 0 for the worst. */
export const rankOf = (severity: Severity | null): number => (severity === null ? 2 : severity === "warning" ? 1 : 0);

/** The worse of two. */
export const worseOf = (one: Severity | null, other: Severity | null): Severity | null =>
  rankOf(one) <= rankOf(other) ? one : other;

/**
 * The state of a target after one more look: up when the value is beyond a threshold and has been for long enough, down
 * through the clear threshold, or after long enough on the good side of the threshold itself. Says nothing yet of what is
 * to be announced.
 */
export function judge(before: TargetState, look: Look): TargetState {
  const { nowMs, thresholds } = look;
  const counted = count(before, look);
  const severity = severityAfter(counted, look);
  const began = before.severity === null && severity !== null;
  const ended = before.severity !== null && severity === null;
  // As long as its end has not been announced, what comes back is the same incident.
  const isNew = began && (before.said === null || before.recurringSinceMs !== null);
  // What is averaged over time, or has to last, began and ended before it was known for sure.
  const ago = ({ ms }: Streak) => (thresholds.forMs > 0 ? ms : 0);
  const state = {
    ...counted,
    severity,
    sinceMs: isNew ? nowMs - ago(counted.over[severity ?? "warning"]) : before.sinceMs,
    endedMs: ended ? Math.max(before.sinceMs, nowMs - ago(counted.clear.warning)) : before.endedMs,
    worst: isNew && before.recurringSinceMs === null ? null : before.worst,
  };
  return { ...state, ...followRecurrence(state, { began: isNew, ended, nowMs, isClear: isEasing(state) }) };
}

/** Cron starts looks some seconds early or late, so a value must last longer than its time, not exactly as long. */
const lateMs = minuteMs;
/** So close together, two looks see the same thing. */
const sameLookMs = 30_000;
/** As many of the last looks are remembered. */
const recentLooks = 12;

function count(before: TargetState, { value, thresholds, nowMs, standsForMs }: Look): TargetState {
  const level = levelOf(value, thresholds);
  const isSame = standsForMs < sameLookMs;
  const longer = ({ looks, ms }: Streak): Streak => ({
    looks: looks + (isSame && looks > 0 ? 0 : 1),
    ms: ms + standsForMs,
  });
  const each = (streaks: Streaks, next: (streak: Streak, severity: Severity) => Streak): Streaks => ({
    warning: next(streaks.warning, "warning"),
    critical: next(streaks.critical, "critical"),
  });
  const isOver = (severity: Severity) => rankOf(level) <= rankOf(severity);
  const isClearOf = (severity: Severity) => thresholds[severity] === null || isClear(value, thresholds[severity]);
  // Of what is to last, a dip that is not clear of the threshold takes nothing away.
  const pause = (streak: Streak, severity: Severity) =>
    thresholds.forMs > 0 && !isClearOf(severity) ? streak : noStreak;
  const mark = level === null ? "." : level === "warning" ? "w" : "C";
  return {
    ...before,
    over: each(before.over, (streak, severity) => (isOver(severity) ? longer(streak) : pause(streak, severity))),
    calm: each(before.calm, (streak, severity) => (isOver(severity) ? noStreak : longer(streak))),
    clear: each(before.clear, (streak, severity) => (isClearOf(severity) ? longer(streak) : noStreak)),
    recent: isSame && before.recent !== "" ? before.recent : (before.recent + mark).slice(-recentLooks),
    seenMs: nowMs,
  };
}

/** Is the last value on the good side of every clear threshold? Between the thresholds nothing gets better. */
export const isEasing = ({ clear }: TargetState): boolean => clear.warning.looks > 0 && clear.critical.looks > 0;

/** A value on the good side of the threshold for this long is over, even if it has not passed the clear threshold. */
const calmMs = 12 * hourMs;

/** Whether this look sees it on the good side, for sure: clear of it, or calm for long. */
export const isGood = (state: TargetState): boolean =>
  isEasing(state) || (state.calm.warning.ms >= calmMs && state.calm.warning.looks > 1);

function severityAfter(state: TargetState, { value, thresholds, doubtMs = 0 }: Look): Severity | null {
  const { warning, critical, runsToClear } = thresholds;
  const forMs = thresholds.forMs === 0 ? 0 : thresholds.forMs + lateMs;
  const level = levelOf(value, thresholds);
  const isOver = (severity: Severity) => {
    const [clear, calm] = [state.clear[severity], state.calm[severity]];
    return (clear.looks >= runsToClear && clear.ms >= forMs) || (calm.looks >= runsToClear && calm.ms >= calmMs);
  };
  const isRaised = (severity: Severity, threshold: Threshold | null) =>
    threshold !== null &&
    rankOf(level) <= rankOf(severity) &&
    lasts(state, severity, threshold, Math.max(forMs, doubtMs));
  if (isRaised("critical", critical)) return "critical";
  const isAllOver = isOver("warning") && isOver("critical");
  switch (state.severity) {
    case null:
      return isRaised("warning", warning) ? "warning" : null;
    case "warning":
      return isAllOver ? null : "warning";
    case "critical":
      if (isAllOver) return null;
      return warning !== null && isOver("critical") ? "warning" : "critical";
  }
}

/**
 * Beyond its threshold for long enough. Where two looks are asked for, two of three or three of six do as well: what
 * fails at every second look never fails twice in a row.
 */
function lasts({ over, recent }: TargetState, severity: Severity, { runs }: Threshold, forMs: number): boolean {
  const { looks, ms } = over[severity];
  if (looks >= runs && ms >= forMs) return true;
  if (forMs > 0 || runs === 1) return false;
  const marks = severity === "critical" ? /C/g : /[wC]/g;
  const bad = (among: number) => recent.slice(-among).match(marks)?.length ?? 0;
  return 3 * runs <= recentLooks && (bad(runs + 1) >= runs || bad(3 * runs) > runs);
}
