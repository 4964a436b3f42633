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
