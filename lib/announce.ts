import type { Reminders, Transition } from "./alert.ts";
import type { TargetState } from "./alertState.ts";
import { rankOf } from "./judge.ts";
import type { Severity } from "./rule.ts";

/** A trouble that says the same about the same target: raised now, or over for so short a time that this may lag behind. */
export interface Hush {
  readonly severity: Severity;
  readonly isOver: boolean;
}

/** A trouble is not worth a word while another one that says the same is at least as bad. */
export function isHushed(severity: Severity | null, hush: Hush | null): boolean {
  return hush !== null && rankOf(hush.severity) <= rankOf(severity) && !(hush.isOver && severity === null);
}

/** What is to be said of a target after a run, if anything. */
export function whatToAnnounce(
  before: TargetState,
  state: TargetState,
  hush: Hush | null,
  reminders: Reminders,
  nowMs: number,
): Transition["kind"] | null {
  const { severity, said, flapping } = state;
  if (isHushed(severity, hush) && !(hush?.isOver === true && said !== null)) return null;
  if (flapping && (!before.flapping || said === null)) return "flapping";
  // Nobody may be left without the news that it is worse than was said.
  if (flapping) return rankOf(severity) < rankOf(said) ? "worse" : null;
  if (severity === said) return isReminderDue(state, reminders, nowMs) ? "reminder" : null;
  if (severity === null) return "recovered";
  if (said === null) return "raised";
  return severity === "critical" ? "worse" : "better";
}

/** Not while it looks as if it were over: the next run may say so. */
function isReminderDue(
  { severity, saidMs, clearWarning, clearCritical }: TargetState,
  reminders: Reminders,
  nowMs: number,
): boolean {
  if (severity === null || (severity === "critical" ? clearCritical : clearWarning) > 0) return false;
  return reminders[severity] > 0 && nowMs - saidMs >= reminders[severity];
}
