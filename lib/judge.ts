import type { TargetState } from "./alertState.ts";
import type { Line, Severity } from "./rule.ts";

/** The lines that hold for one target. */
export interface Lines {
  readonly warning: Line | null;
  readonly critical: Line | null;
}

/** Reports in a row on the good side before something counts as over; coming back must be as sure as going wrong. */
const runsToClear = 2;
/** So many changes in so many reports are flapping. */
const flappingChanges = 3;
const flappingRuns = 6;

/** How bad a value is by itself, whatever was before. On a line counts as beyond it. */
export function levelOf(value: number, { warning, critical }: Lines): Severity | null {
  if (critical !== null && isBeyond(value, critical)) return "critical";
  return warning !== null && isBeyond(value, warning) ? "warning" : null;
}

/** Bad lies above a line whose clear line is below it, and the other way round. */
const isBeyond = (value: number, { raise, clear }: Line) => (raise > clear ? value >= raise : value <= raise);
const isClear = (value: number, { raise, clear }: Line) => (raise > clear ? value <= clear : value >= clear);

/**
 * The state of a target after one more value: up as soon as a line has been crossed for long enough, down only through
 * the clear line. Says nothing yet of what is to be announced.
 */
export function judge(before: TargetState, value: number, lines: Lines, nowMs: number): TargetState {
  const { warning, critical } = lines;
  const counted = {
    ...before,
    overWarning: levelOf(value, lines) === null ? 0 : before.overWarning + 1,
    overCritical: critical !== null && isBeyond(value, critical) ? before.overCritical + 1 : 0,
    clearWarning: warning === null || isClear(value, warning) ? before.clearWarning + 1 : 0,
    clearCritical: critical === null || isClear(value, critical) ? before.clearCritical + 1 : 0,
    seenMs: nowMs,
  };
  const severity = severityAfter(counted, lines);
  const changed = severity !== before.severity;
  const changes = [changed, ...before.changes].slice(0, flappingRuns);
  const flaps = changes.filter(Boolean).length >= flappingChanges;
  return {
    ...counted,
    severity,
    changes,
    // Once flapping, it takes a whole window without a change to be believed again.
    flapping: flaps || (before.flapping && changes.includes(true)),
    sinceMs: (severity === null) === (before.severity === null) ? before.sinceMs : nowMs,
    worst: worstOf(before, severity),
  };
}

function severityAfter(state: TargetState, { warning, critical }: Lines): Severity | null {
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

function worstOf(before: TargetState, severity: Severity | null): Severity | null {
  // Kept after the end, so that the recovery can say what it was.
  if (severity === null) return before.worst;
  if (before.severity === null) return severity;
  return severity === "critical" ? "critical" : before.worst;
}
