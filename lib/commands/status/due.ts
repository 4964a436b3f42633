import type { Schedule } from "../../install/schedules.ts";

/** The next times of a schedule after a moment, milliseconds since the epoch; as cron reads them, in local time. */
function dueTimes(times: string, afterMs: number, count: number): readonly number[] {
  const found: number[] = [];
  for (let lastMs = afterMs; found.length < count;) {
    const next = Bun.cron.parse(times, lastMs);
    if (next === null) break;
    lastMs = next.getTime();
    found.push(lastMs);
  }
  return found;
}

/** When the next look is due; null when no schedule tells. */
export function nextDue(schedules: readonly Schedule[], nowMs: number): number | null {
  const next = schedules.flatMap(({ times }) => (times === null ? [] : dueTimes(times, nowMs, 1)));
  return next.length === 0 ? null : Math.min(...next);
}

/** A run may start late by its splay, and takes up to a minute. */
const graceMs = 120_000;

/**
 * By when three looks should have come after the last one; null when that cannot be told. Without a schedule whose times can
 * be read, the runs so far tell how far apart they are.
 */
export function thirdDue(schedules: readonly Schedule[], times: readonly number[], lastMs: number): number | null {
  const due = schedules.flatMap((one) => {
    const third = one.times === null ? undefined : dueTimes(one.times, lastMs, 3)[2];
    return third === undefined ? [] : [third + graceMs + splayMs(one)];
  });
  if (due.length > 0) return Math.min(...due);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const usual = gaps.toSorted((one, other) => one - other)[Math.floor(gaps.length / 2)];
  return usual === undefined || usual <= 0 ? null : lastMs + 3 * usual + graceMs;
}

const splayMs = ({ flags: { splay } }: Schedule) => (Number(splay) || 0) * 1000;
