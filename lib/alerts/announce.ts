import type { Reminders, Transition } from "./alert.ts";
import { type Hush, isHushed } from "./hush.ts";
import { rankOf } from "./judge.ts";
import type { TargetState } from "./state.ts";

/** What is to be said of a target after a run, if anything. */
export function whatToAnnounce(
  before: TargetState,
  state: TargetState,
  hush: Hush,
  reminders: Reminders,
  nowMs: number,
): Transition["kind"] | null {
  const { severity, said, flapping } = state;
  if (isHushed(severity, hush) && !(hush.isOver && said !== null)) return null;
  if (flapping && severity !== null && (!before.flapping || said === null)) return "flapping";
  // Nobody may be left without the news that it is worse than was said.
  if (flapping && before.flapping) return rankOf(severity) < rankOf(said) ? "worse" : null;
  if (severity === said) return isReminderDue(state, reminders, nowMs) ? "reminder" : null;
  if (severity === null) return "recovered";
  if (said === null) return "raised";
  return severity === "critical" ? "worse" : "better";
}

/**
 * Who has heard "disk / back to 41 %" need not hear, an hour later, that it is no longer about to be full; unless that was
 * said since then.
 */
export function endsSilently({ severity, said, saidMs, flapping }: TargetState, { toldOverMs }: Hush): boolean {
  return severity === null && said !== null && !flapping && toldOverMs !== null && toldOverMs >= saidMs;
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
