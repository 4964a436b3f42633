import type { Thresholds } from "../alerts/judge.ts";
import { dayMs, hourMs } from "../clock.ts";
import type { KnownObservation, ObservationName } from "../metrics/index.ts";
import { observeFullIn } from "../metrics/storage.ts";
import { type Labels, observationKey, valuesByKey } from "../model/observation.ts";
import { mean } from "./series.ts";

/** The numbers of one past run, by the key of their observation. */
export interface PastRun {
  readonly atMs: number;
  readonly numbers: ReadonlyMap<string, number>;
}

/** Free space at a time, in hours before now (so never above 0). */
interface Point {
  readonly hours: number;
  readonly bytes: number;
}

const windowHours = 6;
const pointsNeeded = 6;
/** However many points there are, a line through a few minutes says nothing of the next day. */
const spanNeededHours = 5;
/** Longest forecast, one month: nobody acts on a later one. It is still observed, so that an alert can clear. */
const longestHours = 31 * 24;
/** A forecast beyond this raises nothing and clears what is raised, so even a doubtful one is observed. */
export const harmlessHours = 48;

/** How far back `older` reaches: last night's backup, and the one before. */
export const forecastPastHours = 48;

/**
 * `storage_full_in_hours{mount}`: when each file system will be full, from a straight line (least squares) through its
 * free space in the last six hours. Not observed, so that what was raised stays as it is, while there are too few points,
 * or while the line is steep but doubtful: a step, or a rise to where the disk was in the last two days and came back
 * from. Backups and rotated logs look so. Below the level from which its lines count it is not soon, however steep.
 * `older` is read only when something is that steep.
 */
export function forecastStorage(
  measured: readonly KnownObservation[],
  past: readonly PastRun[],
  nowMs: number,
  thresholdsFor: (labels: Labels) => Thresholds | null,
  older: () => readonly PastRun[] = () => past,
): readonly KnownObservation[] {
  const values = valuesByKey(measured);
  return measured
    .filter(({ name }) => name === "storage_available_bytes")
    .flatMap((available) => {
      const { labels } = available;
      const valueFor = (name: ObservationName) => values.get(observationKey({ name, labels })) ?? 0;
      const { warning, critical } = thresholdsFor(labels) ?? {};
      const used = valueFor("storage_used_percent");
      const isLow = used < Math.min(warning?.from ?? 0, critical?.from ?? Infinity);
      const isHarmless = isLow || valueFor("storage_read_only") === 1;
      const hours = forecast(available, used, isHarmless, past, nowMs, older);
      return observeFullIn(labels, hours);
    });
}

function forecast(
  available: KnownObservation,
  used: number,
  isHarmless: boolean,
  past: readonly PastRun[],
  nowMs: number,
  older: () => readonly PastRun[],
): number | null {
  const key = observationKey(available);
  const recent = [...pointsOf(key, past, nowMs, -windowHours, 0), { hours: 0, bytes: available.value }];
  if (recent.length < pointsNeeded || -(recent[0]?.hours ?? 0) < spanNeededHours) return null;
  if (isHarmless) return longestHours;
  const slope = slopeOf(recent);
  const hours = slope >= 0 ? longestHours : Math.min(longestHours, available.value / -slope);
  if (hours > harmlessHours) return hours;
  const bytesPerPercent = available.value / (100.1 - used);
  // It was fuller in these hours: it is being emptied, and has the way back to go first.
  if (recent.some(({ bytes }) => bytes < available.value - bytesPerPercent)) return longestHours;
  if (!isSteady(recent, slope)) return null;
  // Two points of percent fuller than before is new.
  const oldLow = available.value + bytesPerPercent * 2;
  const before = pointsOf(key, older(), nowMs, -forecastPastHours, -windowHours);
  return before.some(({ bytes }) => bytes < oldLow) ? null : hours;
}

function pointsOf(key: string, past: readonly PastRun[], nowMs: number, from: number, to: number): readonly Point[] {
  return past.flatMap(({ atMs, numbers }) => {
    const hours = (atMs - nowMs) / hourMs;
    const bytes = hours > from && hours <= to && hours < 0 ? numbers.get(key) : undefined;
    return bytes === undefined ? [] : [{ hours, bytes }];
  });
}

/** Does it fill in each third of the time, and not only in one that a backup was written in? */
function isSteady(recent: readonly Point[], slope: number): boolean {
  const span = recent[0]?.hours ?? 0;
  return [1, 2 / 3, 1 / 3].every((begin) => {
    const third = recent.filter(({ hours }) => hours >= span * begin && hours <= span * (begin - 1 / 3));
    return slopeOf(third) < slope / 4;
  });
}

/** Bytes an hour, by least squares. */
function slopeOf(points: readonly Point[]): number {
  const meanHours = mean(points.map(({ hours }) => hours));
  const meanBytes = mean(points.map(({ bytes }) => bytes));
  const spread = points.reduce((sum, { hours }) => sum + (hours - meanHours) ** 2, 0);
  const shared = points.reduce((sum, { hours, bytes }) => sum + (hours - meanHours) * (bytes - meanBytes), 0);
  return spread === 0 ? 0 : shared / spread;
}

/** A number's average in each hour of the past, by the key of its observation. */
export interface PastHour {
  readonly startMs: number;
  readonly numbers: ReadonlyMap<string, { readonly average: number }>;
}

const daysKnown = 7;
/** A disk that fills later than this needs no plan yet. */
const planningHours = 365 * 24;

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
  return untilFull > planningHours ? null : untilFull;
}
