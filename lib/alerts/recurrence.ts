import { dayMs, hourMs } from "../clock.ts";
import type { TargetState } from "./state.ts";

/** The third time within this span counts as recurring. */
const memoryMs = 7 * dayMs;
const timesUntilRecurring = 3;
/** As many of them are remembered. */
const timesKept = 5;
/** Recurrence ends after this many of its usual periods without another time. */
const periodsUntilOver = 3;
const shortestEndMs = hourMs;
/** Up to so much longer than the longest before it is one more of the same. */
const longerFactor = 2;
const shortestLongerMs = hourMs / 2;

/** The change of an incident at a look. */
interface Turn {
  readonly began: boolean;
  readonly ended: boolean;
  readonly nowMs: number;
  readonly isClear: boolean;
}

/**
 * Keeps the incidents of the last week, and says whether they come again and again: from the third on, until there was
 * none for three of their usual periods.
 */
export function followRecurrence(
  { severity, said, sinceMs, endedMs, times: before, recurringSinceMs }: TargetState,
  { began, ended, nowMs, isClear }: Turn,
): Pick<TargetState, "times" | "recurringSinceMs"> {
  const isOneMore = ended && said !== null;
  const all = isOneMore ? [...before, { fromMs: sinceMs, toMs: endedMs }] : before;
  const times = all.filter(({ toMs }) => recurringSinceMs !== null || toMs > nowMs - memoryMs).slice(-timesKept);
  if (recurringSinceMs === null) {
    const first = times[0];
    const isRecurring = began && first !== undefined && times.length + 1 >= timesUntilRecurring;
    return { times, recurringSinceMs: isRecurring ? first.fromMs : null };
  }
  const last = times.at(-1);
  const isSettled = severity === null && isClear && (last === undefined || nowMs - last.toMs >= endAfterMs(times));
  // What has settled begins anew: one more time an hour later is no news of the old kind.
  return isSettled ? { times: [], recurringSinceMs: null } : { times, recurringSinceMs };
}

function endAfterMs(times: TargetState["times"]): number {
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || times.length < 2) return shortestEndMs;
  return Math.max(shortestEndMs, (periodsUntilOver * (last.fromMs - first.fromMs)) / (times.length - 1));
}

/** The average length of the earlier times, milliseconds. */
export const usualMs = (times: TargetState["times"]): number =>
  times.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0) / Math.max(1, times.length);

/** Up to this length it is one more of the same, in milliseconds. */
export const expectedMs = (times: TargetState["times"]): number =>
  Math.max(shortestLongerMs, longerFactor * Math.max(0, ...times.map(({ fromMs, toMs }) => toMs - fromMs)));
