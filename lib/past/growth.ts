import { dayMs, hourMs } from "../time.ts";

/** A number's average in each hour of the past, by the key of its observation. */
export interface PastHour {
  readonly startMs: number;
  readonly numbers: ReadonlyMap<string, { readonly average: number }>;
}

const daysKnown = 7;
/** What is farther away nobody plans for. */
const longestHours = 365 * 24;

/** The average of a number a whole number of days ago, give or take an hour; null when nothing was measured then. */
export function valueADayAgo(hours: readonly PastHour[], key: string, nowMs: number, days = 1): number | null {
  const startMs = Math.floor((nowMs - days * dayMs) / hourMs) * hourMs;
  for (const near of [startMs, startMs - hourMs, startMs + hourMs]) {
    const value = hours.find((hour) => hour.startMs === near)?.numbers.get(key);
    if (value !== undefined) return value.average;
  }
  return null;
}

/**
 * When a file system is full if it goes on as in the last days, in hours; null without a day of history, when it does
 * not fill, or when that is more than a year away. Only whole days are compared, so that what comes and goes every night
 * counts for nothing.
 */
export function hoursUntilFull(
  hours: readonly PastHour[],
  usedKey: string,
  usedBytes: number,
  leftBytes: number,
  nowMs: number,
): number | null {
  const days = Array.from({ length: daysKnown }, (_, index) => index + 1);
  const growths = days.flatMap((day) => {
    const before = valueADayAgo(hours, usedKey, nowMs, day);
    return before === null ? [] : [(usedBytes - before) / day];
  });
  const [latest, longest] = [growths[0], growths.at(-1)];
  // What grew once, days ago, does not fill up.
  if (latest === undefined || longest === undefined || latest <= 0 || longest <= 0) return null;
  const untilFull = (leftBytes / longest) * 24;
  return untilFull > longestHours ? null : untilFull;
}
