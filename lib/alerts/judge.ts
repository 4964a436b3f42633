import type { Threshold, Severity } from "../model/rule.ts";
import { type TargetState, turn } from "./state.ts";

/** The thresholds that hold for one target. */
export interface Thresholds {
  readonly warning: Threshold | null;
  readonly critical: Threshold | null;
  /** Reports in a row on the good side before something counts as over. */
  readonly runsToClear: number;
}

/** How bad a value is by itself, whatever was before. On a threshold counts as beyond it. */
export function levelOf(value: number, { warning, critical }: Thresholds): Severity | null {
  if (critical !== null && isBeyond(value, critical)) return "critical";
  return warning !== null && isBeyond(value, warning) ? "warning" : null;
}

/** Bad lies above a threshold whose clear threshold is below it, and the other way round. */
const isBeyond = (value: number, { raise, clear }: Threshold) => (raise > clear ? value >= raise : value <= raise);
const isClear = (value: number, { raise, clear }: Threshold) => (raise > clear ? value <= clear : value >= clear);

/** 0 for the worst. */
export const rankOf = (severity: Severity | null): number => (severity === null ? 2 : severity === "warning" ? 1 : 0);

/** The worse of two. */
export const worseOf = (one: Severity | null, other: Severity | null): Severity | null =>
  rankOf(one) <= rankOf(other) ? one : other;

/**
 * The state of a target after one more value: up as soon as a threshold has been crossed for long enough, down only through
 * the clear threshold. Says nothing yet of what is to be announced.
 */
export function judge(before: TargetState, value: number, thresholds: Thresholds, nowMs: number): TargetState {
  const { warning, critical } = thresholds;
  const counted = {
    ...before,
    overWarning: levelOf(value, thresholds) === null ? 0 : before.overWarning + 1,
    overCritical: critical !== null && isBeyond(value, critical) ? before.overCritical + 1 : 0,
    clearWarning: warning === null || isClear(value, warning) ? before.clearWarning + 1 : 0,
    clearCritical: critical === null || isClear(value, critical) ? before.clearCritical + 1 : 0,
    seenMs: nowMs,
  };
  const severity = severityAfter(counted, thresholds);
  const worsening = rankOf(before.severity) - rankOf(severity);
  // As long as its end has not been announced, what comes back is the same incident.
  const isNew = before.severity === null && before.said === null;
  return {
    ...counted,
    ...turn(before, worsening > 0 ? "up" : worsening < 0 ? "down" : null, nowMs),
    severity,
    sinceMs: isNew && severity !== null ? nowMs : before.sinceMs,
    endedMs: severity === null && before.severity !== null ? nowMs : before.endedMs,
    worst: isNew && severity !== null ? null : before.worst,
  };
}

/** Is the last value on the good side of every clear threshold? Between the thresholds nothing gets better. */
export const isEasing = ({ clearWarning, clearCritical }: TargetState): boolean =>
  clearWarning > 0 && clearCritical > 0;

function severityAfter(state: TargetState, { warning, critical, runsToClear }: Thresholds): Severity | null {
  if (critical !== null && state.overCritical >= critical.runs) return "critical";
  const isOver = state.clearWarning >= runsToClear && state.clearCritical >= runsToClear;
  switch (state.severity) {
    case null:
      return warning !== null && state.overWarning >= warning.runs ? "warning" : null;
    case "warning":
      return isOver ? null : "warning";
    case "critical":
      if (isOver) return null;
      return warning !== null && state.clearCritical >= runsToClear ? "warning" : "critical";
  }
}
