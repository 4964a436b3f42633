import * as v from "valibot";

import { hourMs } from "../clock.ts";
import { type Observation, observationKey } from "../model/observation.ts";

const severity = v.nullable(v.picklist(["warning", "critical"]));

/** What is remembered of one rule on one target between runs. All times in milliseconds since the epoch. */
export const TargetState = v.object({
  /** As it is now; null when all is well. */
  severity,
  /** When the incident began, and when it ended; both are kept until the next one. */
  sinceMs: v.number(),
  endedMs: v.number(),
  /** The worst that was announced of this incident; kept after its end. */
  worst: severity,
  /** Runs in a row beyond the warning threshold, and beyond the critical one. */
  overWarning: v.number(),
  overCritical: v.number(),
  /** Runs in a row on the good side of the clear thresholds. */
  clearWarning: v.number(),
  clearCritical: v.number(),
  /** What was last announced, and when. */
  said: severity,
  saidMs: v.number(),
  /** Its last turns for the worse or the better, the newest first: how many runs ago, and when. */
  turns: v.array(v.object({ runs: v.number(), ms: v.number() })),
  /** The last turn was for the worse. */
  up: v.boolean(),
  /** Changing too often to be worth a message each time. */
  flapping: v.boolean(),
  /** It was bad when it was first seen, and is meant to be. */
  accepted: v.boolean(),
  /** When it was last observed. */
  seenMs: v.number(),
  /** What was told of it then; not there in what an older version remembers. */
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
    overWarning: 0,
    overCritical: 0,
    clearWarning: 0,
    clearCritical: 0,
    said: null,
    saidMs: nowMs,
    turns: [],
    up: false,
    flapping: false,
    accepted: false,
    seenMs: nowMs,
  };
}

/**
 * Whether a target has nothing worth keeping but its key: seen in the run at `nowMs`, well, and without an incident that
 * something still depends on.
 */
export function isUneventful(state: TargetState, nowMs: number): boolean {
  const { worst, said, overWarning, overCritical, turns, up, flapping, accepted, seenMs } = state;
  const isWell = state.severity === null && worst === null && said === null && overWarning === 0 && overCritical === 0;
  return isWell && turns.length === 0 && !up && !flapping && !accepted && seenMs === nowMs;
}

/** The same state by a clock that was moved since; nothing that was is still to come. */
export function moveClock(state: TargetState, movedMs: number, nowMs: number): TargetState {
  const moved = (ms: number) => Math.min(ms + movedMs, nowMs);
  return {
    ...state,
    sinceMs: moved(state.sinceMs),
    endedMs: moved(state.endedMs),
    saidMs: moved(state.saidMs),
    seenMs: moved(state.seenMs),
    turns: state.turns.map(({ runs, ms }) => ({ runs, ms: moved(ms) })),
  };
}

/** So many turns in so many runs are flapping … */
const turnsInRow = 3;
const runsInRow = 6;
/** … and so are so many in so long, however many runs that were: a job that takes all CPUs every half hour. */
const turnsInHours = 5;
const hoursMs = 3 * hourMs;
/** It is stable when it has kept still for six runs, and for much longer than it did between its turns. */
const stillness = 3;

/** What of a state tells whether it goes back and forth. */
export type Turning = Pick<TargetState, "turns" | "up" | "flapping">;

/** Notes a run in which the state went up, down, or stayed. Getting worse in two steps is one turn, not two. */
export function turn(before: Turning, change: "up" | "down" | null, nowMs: number): Turning {
  const up = change === null ? before.up : change === "up";
  const older = before.turns.map(({ runs, ms }) => ({ runs: runs + 1, ms }));
  if (up === before.up) {
    const hasSettled = before.flapping && isStable(older, nowMs);
    // What has settled begins anew: one more turn an hour later is no going back and forth.
    return { up, turns: hasSettled ? [] : older, flapping: before.flapping && !hasSettled };
  }
  const turns = [{ runs: 0, ms: nowMs }, ...older].slice(0, turnsInHours);
  return { up, turns, flapping: before.flapping || isFlapping(turns, nowMs) };
}

function isFlapping(turns: Turning["turns"], nowMs: number): boolean {
  const [third, fifth] = [turns[turnsInRow - 1], turns[turnsInHours - 1]];
  return (third !== undefined && third.runs < runsInRow) || (fifth !== undefined && nowMs - fifth.ms <= hoursMs);
}

function isStable(turns: Turning["turns"], nowMs: number): boolean {
  const [newest, oldest] = [turns[0], turns.at(-1)];
  if (newest === undefined || oldest === undefined) return true;
  const gapMs = (newest.ms - oldest.ms) / Math.max(1, turns.length - 1);
  return newest.runs >= runsInRow && nowMs - newest.ms >= stillness * gapMs;
}
