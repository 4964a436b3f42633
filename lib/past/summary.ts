import type { PastRun } from "./forecast.ts";
import type { KeyMetric } from "./keyMetrics.ts";
import { type Buckets, type Spread, type TimedValue, toBuckets, usualGapMs } from "./series.ts";

/** Numbers at a time: of a run, or of an hour. Good until the next one is read. */
export interface Sample {
  readonly atMs: number;
  readonly runs: number;
  readonly numbers: { readonly get: (key: string) => Spread | undefined };
}

/** A single run as a sample. */
export function sampleOf({ atMs, numbers }: PastRun): Sample {
  const spreads = Array.from(numbers, ([key, value]) => {
    return [key, { minimum: value, average: value, maximum: value, runs: 1 }] as const;
  });
  return { atMs, runs: 1, numbers: new Map(spreads) };
}

/** Some numbers over time, a column each: with an object for each number a year of a big machine has a gigabyte. */
export interface Course {
  readonly atMs: number[];
  runs: number;
  readonly columns: readonly Column[];
}

interface Column {
  readonly number: KeyMetric;
  /** At each time; NaN where there was none. */
  readonly averages: Float32Array;
  runs: number;
  sum: number;
  minimum: number;
  minimumMs: number;
  maximum: number;
  maximumMs: number;
  first: number;
  firstMs: number;
  last: number;
  lastMs: number;
}

/** The course of some numbers, with room for so many samples. */
export function newCourse(numbers: readonly KeyMetric[], room: number): Course {
  const columns = numbers.map((number): Column => {
    const averages = new Float32Array(room).fill(Number.NaN);
    const extremes = { minimum: Infinity, minimumMs: 0, maximum: -Infinity, maximumMs: 0 };
    return { number, averages, runs: 0, sum: 0, ...extremes, first: 0, firstMs: 0, last: 0, lastMs: 0 };
  });
  return { atMs: [], runs: 0, columns };
}

/** The course of some numbers through samples, oldest first. */
export function courseOf(numbers: readonly KeyMetric[], samples: readonly Sample[]): Course {
  const course = newCourse(numbers, samples.length);
  for (const sample of samples) addSample(course, sample);
  return course;
}

/** Adds the next sample. */
export function addSample(course: Course, { atMs, runs, numbers }: Sample): void {
  const row = course.atMs.push(atMs) - 1;
  course.runs += runs;
  for (const column of course.columns) {
    const spread = numbers.get(column.number.key);
    if (spread === undefined) continue;
    column.averages[row] = spread.average;
    if (spread.minimum < column.minimum) {
      column.minimum = spread.minimum;
      column.minimumMs = atMs;
    }
    if (spread.maximum > column.maximum) {
      column.maximum = spread.maximum;
      column.maximumMs = atMs;
    }
    if (column.runs === 0) {
      column.first = spread.average;
      column.firstMs = atMs;
    }
    column.last = spread.average;
    column.lastMs = atMs;
    column.runs += spread.runs;
    column.sum += spread.average * spread.runs;
  }
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

/** The summaries of the numbers that were measured between two times. */
export function summariesOf({ atMs, columns }: Course, fromMs: number, toMs: number): readonly Summary[] {
  const leastMs = (toMs - fromMs) / bucketsInSummary;
  const gapMs = usualGapMs({ atMs, values: atMs });
  return columns.flatMap(({ number, averages, runs, sum, ...column }) => {
    if (runs === 0) return [];
    const values = averages.subarray(0, atMs.length);
    // Most numbers are there in nearly every run, and then their usual distance is that of the runs.
    const missing = values.reduce((count, value) => count + Number(Number.isNaN(value)), 0);
    const own = missing > values.length / 10 ? undefined : gapMs;
    return {
      ...number,
      runs,
      minimum: { value: column.minimum, atMs: column.minimumMs },
      average: sum / runs,
      maximum: { value: column.maximum, atMs: column.maximumMs },
      first: { value: column.first, atMs: column.firstMs },
      last: { value: column.last, atMs: column.lastMs },
      buckets: toBuckets({ atMs, values }, fromMs, toMs, leastMs, own),
    };
  });
}
