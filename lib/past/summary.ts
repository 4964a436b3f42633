import type { PastRun } from "./forecast.ts";
import type { KeyMetric } from "./keyMetrics.ts";
import { type Buckets, type Spread, type TimedValue, toBuckets } from "./series.ts";

/** Numbers at a time: of a run, or of an hour. */
export interface Sample {
  readonly atMs: number;
  readonly runs: number;
  readonly numbers: ReadonlyMap<string, Spread>;
}

/** A single run as a sample. */
export function sampleOf({ atMs, numbers }: PastRun): Sample {
  const spreads = Array.from(numbers, ([key, value]) => {
    return [key, { minimum: value, average: value, maximum: value, runs: 1 }] as const;
  });
  return { atMs, runs: 1, numbers: new Map(spreads) };
}

/** A key metric over some time. */
export interface Summary extends KeyMetric {
  readonly runs: number;
  readonly minimum: TimedValue;
  readonly average: number;
  readonly maximum: TimedValue;
  readonly first: TimedValue;
  readonly last: TimedValue;
  readonly buckets: Buckets;
}

/** The number of buckets in a summary. */
const bucketsInSummary = 48;

/** The summary of a number between two times; null when it was never measured between them. */
export function summaryOf(number: KeyMetric, samples: readonly Sample[], fromMs: number, toMs: number): Summary | null {
  const spreads = samples.flatMap(({ atMs, numbers }) => {
    const spread = numbers.get(number.key);
    return spread === undefined ? [] : [{ atMs, ...spread }];
  });
  const [first, last] = [spreads[0], spreads.at(-1)];
  if (first === undefined || last === undefined) return null;
  const runs = spreads.reduce((sum, spread) => sum + spread.runs, 0);
  const lowest = spreads.reduce((best, spread) => (spread.minimum < best.minimum ? spread : best));
  const highest = spreads.reduce((best, spread) => (spread.maximum > best.maximum ? spread : best));
  const averages = spreads.map(({ atMs, average }) => ({ atMs, value: average }));
  return {
    ...number,
    runs,
    minimum: { value: lowest.minimum, atMs: lowest.atMs },
    average: spreads.reduce((sum, spread) => sum + spread.average * spread.runs, 0) / runs,
    maximum: { value: highest.maximum, atMs: highest.atMs },
    first: { value: first.average, atMs: first.atMs },
    last: { value: last.average, atMs: last.atMs },
    buckets: toBuckets(averages, fromMs, toMs, (toMs - fromMs) / bucketsInSummary),
  };
}
