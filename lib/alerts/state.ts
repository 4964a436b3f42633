import * as v from "valibot";

import { type Observation, observationKey } from "../model/observation.ts";

const severity = v.nullable(v.picklist(["warning", "critical"]));

/** Looks in a row for which something held, and the time that they stand for. */
const streak = v.object({ looks: v.number(), ms: v.number() });
const streaks = v.object({ warning: streak, critical: streak });
export type Streak = v.InferOutput<typeof streak>;
export type Streaks = v.InferOutput<typeof streaks>;

export const noStreak: Streak = { looks: 0, ms: 0 };
const noStreaks: Streaks = { warning: noStreak, critical: noStreak };

/**
 * The remembered state of one rule on one target. All times in milliseconds since the epoch. What version
 * 0.1.0 did not have is optional.
 */
export const TargetState = v.object({
  /** As it is now; null when all is well. */
  severity,
  /** Begin and end of the incident; both are kept until the next one. */
  sinceMs: v.number(),
  endedMs: v.number(),
  /** The worst that was announced of this incident; kept after its end. */
  worst: severity,
  /** Beyond the thresholds; on the good side of them; beyond the clear thresholds on the good side. */
  over: v.optional(streaks, noStreaks),
  calm: v.optional(streaks, noStreaks),
  clear: v.optional(streaks, noStreaks),
  /** The last looks, the newest last: `.` on the good side of the thresholds, `w` and `C` beyond them. */
  recent: v.optional(v.string(), ""),
  /** The last announcement and its time. */
  said: severity,
  saidMs: v.number(),
  /** The number of reminders since then. */
  reminders: v.optional(v.number(), 0),
  /** The incidents of the last days that were announced and are over. */
  times: v.optional(v.array(v.object({ fromMs: v.number(), toMs: v.number() })), []),
  /** It comes again and again, since then: one more time is no news. Null while it does not. */
  recurringSinceMs: v.optional(v.nullable(v.number()), null),
  /** It was bad when it was first seen, and is meant to be. */
  accepted: v.boolean(),
  /** It was beyond a threshold when the version that brought its rule looked first, and has been since. */
  byUpdate: v.exactOptional(v.literal(true)),
  /** When it was last observed. */
  seenMs: v.number(),
  /** The worst shown value of the incident; not there for what has none. */
  peak: v.exactOptional(v.number()),
  /** The value announced then; missing in the state of an older version. */
  last: v.optional(v.object({ labels: v.record(v.string(), v.string()), value: v.number() })),
});
export type TargetState = v.InferOutput<typeof TargetState>;

/** The states of all targets, by rule and observation. */
export type AlertStates = Readonly<Record<string, TargetState>>;

/** Under what the state of a rule on a target is remembered. */
export const stateKey = (rule: string, target: Pick<Observation, "name" | "labels">): string =>
  `${rule} ${observationKey(target)}`;

/** A target that was never seen before. */
export function newTarget(nowMs: number): TargetState {
  return {
    severity: null,
    sinceMs: nowMs,
    endedMs: nowMs,
    worst: null,
    over: noStreaks,
    calm: noStreaks,
    clear: noStreaks,
    recent: "",
    said: null,
    saidMs: nowMs,
    reminders: 0,
    times: [],
    recurringSinceMs: null,
    accepted: false,
    seenMs: nowMs,
  };
}

/**
 * Whether a target has nothing worth keeping but its key: seen in the run at `nowMs`, well, and without an incident that
 * something still depends on.
 */
export function isUneventful(target: TargetState, nowMs: number): boolean {
  return target.seenMs === nowMs && isWell(target);
}

/** Whether a target is well, and without an incident that something still depends on. */
export function isWell({ severity: now, worst, said, ...past }: TargetState): boolean {
  const { recent, over, times, recurringSinceMs, accepted } = past;
  if (now !== null || worst !== null || said !== null || accepted) return false;
  const wasBad = /[wC]/.test(recent) || over.warning.ms > 0 || times.length > 0 || recurringSinceMs !== null;
  return !wasBad;
}

/** The same state by a clock that was moved since; nothing that was is still to come. */
export function moveClock(state: TargetState, movedMs: number, nowMs: number): TargetState {
  // Nothing of a target is newer than its last look.
  if (movedMs === 0 && state.seenMs <= nowMs) return state;
  const moved = (ms: number) => Math.min(ms + movedMs, nowMs);
  return {
    ...state,
    sinceMs: moved(state.sinceMs),
    endedMs: moved(state.endedMs),
    saidMs: moved(state.saidMs),
    seenMs: moved(state.seenMs),
    times: state.times.map(({ fromMs, toMs }) => ({ fromMs: moved(fromMs), toMs: moved(toMs) })),
    recurringSinceMs: state.recurringSinceMs === null ? null : moved(state.recurringSinceMs),
  };
}
