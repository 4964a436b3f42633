/** A value and when it was measured, in milliseconds since the epoch. */
export interface TimedValue {
  readonly value: number;
  readonly atMs: number;
}

/** Averages of equal spans of time, the oldest first; null where nothing was measured. */
export type Buckets = readonly (number | null)[];

/** Buckets of some milliseconds up to now, or longer ones where values are so far apart that there would be false gaps. */
export function toBuckets(values: readonly TimedValue[], fromMs: number, nowMs: number, leastMs: number): Buckets {
  const gaps = values.slice(1).map(({ atMs }, index) => atMs - (values[index]?.atMs ?? atMs));
  const bucketMs = Math.max(leastMs, (median(gaps) ?? 0) * 1.5);
  const count = Math.max(1, Math.ceil((nowMs - fromMs) / bucketMs));
  const ageOf = (atMs: number) => Math.min(count - 1, Math.floor((nowMs - atMs) / bucketMs));
  const buckets = Array.from({ length: count }, (): number[] => []);
  for (const { atMs, value } of values) buckets[count - 1 - ageOf(atMs)]?.push(value);
  return buckets.map(averageOf);
}

/** Merges buckets until at most this many are left, for narrow places. */
export function coarsen(buckets: Buckets, most: number): Buckets {
  const count = Math.min(buckets.length, most);
  const edge = (index: number) => Math.floor((index * buckets.length) / count);
  return Array.from({ length: count }, (_, index) =>
    averageOf(buckets.slice(edge(index), edge(index + 1)).filter((bucket) => bucket !== null)),
  );
}

const averageOf = (values: readonly number[]) => (values.length === 0 ? null : mean(values));

/** The minimum, average and maximum of one number over some runs. */
export interface Spread {
  readonly minimum: number;
  readonly average: number;
  readonly maximum: number;
  /** Runs that had it. */
  readonly runs: number;
}

/** The arithmetic mean; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle one, of an even number the upper of the two; undefined of none. */
export function median(values: readonly number[]): number | undefined {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
}
