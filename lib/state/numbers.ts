/** A run's numbers by the key of their observation. */
export type Numbers = ReadonlyMap<string, number>;

/** What one number did in an hour. */
export interface Spread {
  readonly minimum: number;
  readonly average: number;
  readonly maximum: number;
  /** Runs that had it. */
  readonly runs: number;
}

/** An hour's numbers by the key of their observation. */
export type HourNumbers = ReadonlyMap<string, Spread>;

/** Numbers as 64-bit floats in the order of the keys. */
export function encodeNumbers(keys: readonly string[], numbers: Numbers): Uint8Array {
  return new Uint8Array(Float64Array.from(keys, (key) => numbers.get(key) ?? Number.NaN).buffer);
}

/** The inverse of `encodeNumbers`. What is no number there is absent here. */
export function decodeNumbers(keys: readonly string[], bytes: Uint8Array): Numbers {
  const values = new Float64Array(aligned(bytes, 8));
  return new Map(keys.flatMap((key, index) => present(key, values[index])));
}

/** Hours as four 32-bit floats a key: seven digits are more than a trend shows. */
export function encodeHour(keys: readonly string[], numbers: HourNumbers): Uint8Array {
  const values = keys.flatMap((key) => {
    const spread = numbers.get(key);
    return spread === undefined ? [] : [spread.minimum, spread.average, spread.maximum, spread.runs];
  });
  return new Uint8Array(Float32Array.from(values).buffer);
}

/** The inverse of `encodeHour`. */
export function decodeHour(keys: readonly string[], bytes: Uint8Array): HourNumbers {
  const values = new Float32Array(aligned(bytes, 4));
  return new Map(
    keys.flatMap((key, index) => {
      const [minimum, average, maximum, runs] = values.subarray(index * 4, index * 4 + 4);
      if (minimum === undefined || average === undefined || maximum === undefined || runs === undefined) return [];
      return [[key, { minimum, average, maximum, runs }] as const];
    }),
  );
}

/** An hour with one more run in it. */
export function addToHour(hour: HourNumbers, numbers: Numbers): HourNumbers {
  const sum = new Map(hour);
  for (const [key, value] of numbers) sum.set(key, addToSpread(sum.get(key), value));
  return sum;
}

/** A spread with one more value in it. */
export function addToSpread(spread: Spread | undefined, value: number): Spread {
  if (spread === undefined) return { minimum: value, average: value, maximum: value, runs: 1 };
  const runs = spread.runs + 1;
  return {
    minimum: Math.min(spread.minimum, value),
    average: spread.average + (value - spread.average) / runs,
    maximum: Math.max(spread.maximum, value),
    runs,
  };
}

function present(key: string, value: number | undefined): readonly (readonly [string, number])[] {
  return value === undefined || Number.isNaN(value) ? [] : [[key, value]];
}

/** Bytes from a database may begin anywhere in a buffer; typed arrays want a multiple of their width. */
function aligned(bytes: Uint8Array, width: number): ArrayBuffer {
  const whole = bytes.subarray(0, bytes.byteLength - (bytes.byteLength % width));
  const copy = new ArrayBuffer(whole.byteLength);
  new Uint8Array(copy).set(whole);
  return copy;
}
