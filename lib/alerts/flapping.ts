import { hourMs } from "../time.ts";
import type { TargetState } from "./state.ts";

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
