import { dayMs, hourMs } from "../clock.ts";
import type { Format } from "../format.ts";
import type { ObservationName } from "../metrics/index.ts";
import { labelsOf, type Observation, observationKey, valuesByKey } from "../model/observation.ts";
import type { Words } from "../words/en.ts";
import { harmlessHours, hoursUntilFull, type PastHour, type PastRun, valueADayAgo } from "./forecast.ts";
import { type KeyMetric, keyMetricsIn, numberText } from "./keyMetrics.ts";
import { type Buckets, mean, type TimedValue, toBuckets } from "./series.ts";

/** Something worth saying of a trend: how long until it is full, the bytes since yesterday, a peak or a low. */
export type Remark =
  | { readonly kind: "fullIn"; readonly hours: number }
  | { readonly kind: "change"; readonly bytes: number }
  | { readonly kind: "peak" | "low"; readonly value: number; readonly atMs: number };

/** The last 24 hours of a number. */
export interface Trend {
  /** The key of the observation. */
  readonly key: string;
  /** How far back the trend goes, hours. */
  readonly hours: number;
  readonly buckets: Buckets;
  /** The least range that a sparkline shows, in the unit of the number, so that noise stays flat. */
  readonly leastSpan: number;
  readonly minimum: TimedValue;
  readonly average: number;
  readonly maximum: TimedValue;
  /** Bytes more than at this time yesterday; null when that is not known or the number is no amount. */
  readonly changeBytes: number | null;
  /** Hours until it is full at this rate; null when it does not fill within a year. */
  readonly fullInHours: number | null;
  readonly remarks: readonly Remark[];
}

/** The input of the trends. */
export interface TrendInput {
  readonly observations: readonly Observation[];
  /** The runs of the last 24 hours, and the hours of the last days. */
  readonly runs: readonly PastRun[];
  readonly hours: readonly PastHour[];
  readonly nowMs: number;
}

const windowMs = dayMs;
/** With fewer points, or over less time, there is no trend. */
const needed = { points: 6, ms: 6 * hourMs } as const;
/** A peak or a low is shown when it is this far from the average, in percentage points. */
const tellingDistance = 20;
/** A change since yesterday is shown from this many percentage points on: disks fill slowly. */
const tellingChange = { filling: 1, other: 5 } as const;

/** The trends of the key metrics, by key; those that have too few points yet are not there. */
export function findTrends(input: TrendInput): ReadonlyMap<string, Trend> {
  const values = valuesByKey(input.observations);
  const trends = keyMetricsIn(input.observations).flatMap((number) => {
    const trend = findTrend(number, { ...input, values });
    return trend === null ? [] : [[trend.key, trend] as const];
  });
  return new Map(trends);
}

/** The same with the present values by key; a number may have none, and a past all the same. */
interface Known extends TrendInput {
  readonly values: ReadonlyMap<string, number>;
}

function findTrend(number: KeyMetric, input: Known): Trend | null {
  const { runs, nowMs } = input;
  const now = input.values.get(number.key);
  const points = runs.flatMap(({ atMs, numbers }) => {
    const value = numbers.get(number.key);
    return value === undefined || atMs <= nowMs - windowMs || atMs >= nowMs ? [] : [{ atMs, value }];
  });
  if (now !== undefined) points.push({ atMs: nowMs, value: now });
  const spanMs = nowMs - (points[0]?.atMs ?? nowMs);
  if (points.length < needed.points || spanMs < needed.ms) return null;
  const trend = {
    key: number.key,
    hours: Math.round(spanMs / hourMs),
    buckets: toBuckets(columnsOf(points), nowMs - spanMs, nowMs, hourMs),
    leastSpan: number.unit === "percent" ? 10 : 1,
    ...spreadOf(points),
    ...changeOf(number, input),
  };
  return { ...trend, remarks: remarksOf(trend, number, input) };
}

const columnsOf = (points: readonly TimedValue[]) => ({
  atMs: points.map(({ atMs }) => atMs),
  values: points.map(({ value }) => value),
});

/** The minimum, average and maximum of some points; of equal ones, the first. */
function spreadOf(points: readonly TimedValue[]): Pick<Trend, "minimum" | "average" | "maximum"> {
  const pick = (better: (one: TimedValue, other: TimedValue) => boolean) =>
    points.reduce((best, point) => (better(point, best) ? point : best));
  return {
    minimum: pick((one, other) => one.value < other.value),
    average: mean(points.map(({ value }) => value)),
    maximum: pick((one, other) => one.value > other.value),
  };
}

function changeOf({ key, amountKey, leftKey }: KeyMetric, { values, hours, nowMs }: Known) {
  const forecast =
    values.get(observationKey<ObservationName>({ name: "storage_full_in_hours", labels: labelsOf(key) })) ?? null;
  const [amount, left] = [values.get(amountKey ?? ""), values.get(leftKey ?? "")];
  if (amountKey === null || amount === undefined) return { changeBytes: null, fullInHours: null };
  const before = valueADayAgo(hours, amountKey, nowMs);
  return {
    changeBytes: before === null ? null : amount - before,
    fullInHours: left === undefined ? null : sooner(hoursUntilFull(hours, amountKey, amount, left, nowMs), forecast),
  };
}

/** What fills faster by now than it did for days is full that soon: the card says the same as the alert. */
const sooner = (inDays: number | null, forecast: number | null) =>
  forecast !== null && forecast < Math.min(inDays ?? Infinity, harmlessHours) ? forecast : inDays;

function remarksOf(
  { minimum, average, maximum, changeBytes, fullInHours }: Omit<Trend, "remarks">,
  { key, unit, leftKey }: KeyMetric,
  { values, hours, nowMs }: Known,
): readonly Remark[] {
  if (unit !== "percent") return [];
  const [now, before] = [values.get(key), valueADayAgo(hours, key, nowMs)];
  const telling = leftKey === null ? tellingChange.other : tellingChange.filling;
  const changed = changeBytes !== null && now !== undefined && before !== null && Math.abs(now - before) >= telling;
  return [
    ...(fullInHours === null ? [] : [{ kind: "fullIn", hours: fullInHours } as const]),
    ...(changed ? [{ kind: "change", bytes: changeBytes } as const] : []),
    ...(maximum.value - average >= tellingDistance ? [{ kind: "peak", ...maximum } as const] : []),
    ...(average - minimum.value >= tellingDistance ? [{ kind: "low", ...minimum } as const] : []),
  ];
}

/** A remark about a number in words, with its time as `time` writes it. */
export function remarkText(
  key: string,
  remark: Remark,
  words: Words,
  format: Format,
  time: (ms: number) => string,
): string {
  const { trend } = words;
  switch (remark.kind) {
    case "fullIn":
      return trend.fullIn(remark.hours);
    case "change":
      return trend.change(`${remark.bytes < 0 ? "−" : "+"}${format.bytes(Math.abs(remark.bytes))}`);
    case "peak":
      return trend.peak(numberText(key, remark.value, words), time(remark.atMs));
    case "low":
      return trend.low(numberText(key, remark.value, words), time(remark.atMs));
  }
}
