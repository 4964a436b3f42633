/** A value and when it was measured, in milliseconds since the epoch. */
export interface TimedValue {
  readonly value: number;
  readonly atMs: number;
}

/** Averages of equal spans of time, the oldest first; null where nothing was measured. */
export type Cells = readonly (number | null)[];

/** Cells of some milliseconds up to now, or longer ones where values are so far apart that there would be false gaps. */
export function toCells(values: readonly TimedValue[], fromMs: number, nowMs: number, leastMs: number): Cells {
  const gaps = values.slice(1).map(({ atMs }, index) => atMs - (values[index]?.atMs ?? atMs));
  const cellMs = Math.max(leastMs, (median(gaps) ?? 0) * 1.5);
  const count = Math.max(1, Math.ceil((nowMs - fromMs) / cellMs));
  const ageOf = (atMs: number) => Math.min(count - 1, Math.floor((nowMs - atMs) / cellMs));
  const cells = Array.from({ length: count }, (): number[] => []);
  for (const { atMs, value } of values) cells[count - 1 - ageOf(atMs)]?.push(value);
  return cells.map(averageOf);
}

/** The same with at most so many cells, for where there is little room. */
export function coarsen(cells: Cells, most: number): Cells {
  const factor = Math.max(1, Math.ceil(cells.length / most));
  const count = Math.ceil(cells.length / factor);
  return Array.from({ length: count }, (_, index) => {
    // Counted from the end, so that the last cell always ends now.
    const end = cells.length - (count - 1 - index) * factor;
    return averageOf(cells.slice(Math.max(0, end - factor), end).filter((cell) => cell !== null));
  });
}

const averageOf = (values: readonly number[]) => (values.length === 0 ? null : mean(values));

/** What one number did over some runs. */
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
