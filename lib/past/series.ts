/** A value and when it was measured, in milliseconds since the epoch. */
export interface TimedValue {
  readonly value: number;
  readonly atMs: number;
}

/** Averages of equal spans of time, the oldest first; null where nothing was measured. */
export type Buckets = readonly (number | null)[];

/** Values at some times; NaN for none. */
export interface TimedValues {
  readonly atMs: readonly number[];
  readonly values: ArrayLike<number>;
}

/** The usual distance of those times that have a value, milliseconds; 0 for too few. */
export function usualGapMs({ atMs, values }: TimedValues): number {
  // Most are the same: a list of them for each of a hundred numbers would be a year's worth of memory.
  const counts = new Map<number, number>();
  let [total, lastMs] = [0, Number.NaN];
  for (let index = 0; index < atMs.length; index += 1) {
    if (Number.isNaN(values[index])) continue;
    const ms = atMs[index] ?? Number.NaN;
    const gapMs = ms - lastMs;
    if (!Number.isNaN(gapMs)) {
      counts.set(gapMs, (counts.get(gapMs) ?? 0) + 1);
      total += 1;
    }
    lastMs = ms;
  }
  let before = Math.floor(total / 2);
  const middle = [...counts].toSorted(([one], [other]) => one - other).find(([, count]) => (before -= count) < 0);
  return middle?.[0] ?? 0;
}

/** Buckets of some milliseconds up to now, or longer ones where values are so far apart that there would be false gaps. */
export function toBuckets(
  { atMs, values }: TimedValues,
  fromMs: number,
  nowMs: number,
  leastMs: number,
  gapMs = usualGapMs({ atMs, values }),
): Buckets {
  const bucketMs = Math.max(leastMs, gapMs * 1.5);
  const count = Math.max(1, Math.ceil((nowMs - fromMs) / bucketMs));
  const sums = new Float64Array(count);
  const counts = new Float64Array(count);
  for (let index = 0; index < atMs.length; index += 1) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    const bucket = count - 1 - Math.min(count - 1, Math.floor((nowMs - (atMs[index] ?? 0)) / bucketMs));
    sums[bucket] = (sums[bucket] ?? 0) + value;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  }
  return Array.from(counts, (each, bucket) => (each === 0 ? null : (sums[bucket] ?? 0) / each));
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
