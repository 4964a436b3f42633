import type { Spread } from "../past/series.ts";

/** A run's numbers by the key of their observation. */
export type Numbers = ReadonlyMap<string, number>;

/** An hour's numbers by the key of their observation. */
export type HourNumbers = ReadonlyMap<string, Spread>;

/** The position of a key's number in a row. */
export type Places = readonly (readonly [key: string, index: number])[];

/** The positions of the wanted keys in a row; all of them by default. */
export function placesOf(keys: readonly string[], wanted?: ReadonlySet<string>): Places {
  const all = keys.map((key, index) => [key, index] as const);
  return wanted === undefined ? all : all.filter(([key]) => wanted.has(key));
}

/** Numbers as 64-bit floats in the order of the keys. */
export function encodeNumbers(keys: readonly string[], numbers: Numbers): Uint8Array {
  return new Uint8Array(Float64Array.from(keys, (key) => numbers.get(key) ?? Number.NaN).buffer);
}

/** The inverse of `encodeNumbers`. NaN becomes absent. */
export function decodeNumbers(places: Places, bytes: Uint8Array): Numbers {
  const values = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const numbers = new Map<string, number>();
  for (const [key, index] of places) {
    const value = index * 8 + 8 > bytes.byteLength ? Number.NaN : values.getFloat64(index * 8, true);
    if (!Number.isNaN(value)) numbers.set(key, value);
  }
  return numbers;
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
export function decodeHour(places: Places, bytes: Uint8Array): HourNumbers {
  const values = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hour = new Map<string, Spread>();
  for (const [key, index] of places) {
    const at = (field: number) => values.getFloat32(index * 16 + field * 4, true);
    if (index * 16 + 16 > bytes.byteLength) continue;
    hour.set(key, { minimum: at(0), average: at(1), maximum: at(2), runs: at(3) });
  }
  return hour;
}

/** The numbers of a row, each decoded when it is asked for. What `get` returns is good until the next call. */
export interface Row {
  readonly get: (key: string) => Spread | undefined;
}

/** Decodes rows one after the other. */
export function rowDecoder(kind: "point" | "hour"): (places: ReadonlyMap<string, number>, bytes: Uint8Array) => Row {
  const size = kind === "point" ? 8 : 16;
  const spread = { minimum: 0, average: 0, maximum: 0, runs: 1 };
  return (places, bytes) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const get = (key: string) => {
      const at = (places.get(key) ?? Number.NaN) * size;
      if (!(at + size <= bytes.byteLength)) return undefined;
      if (kind === "hour") {
        spread.minimum = view.getFloat32(at, true);
        spread.average = view.getFloat32(at + 4, true);
        spread.maximum = view.getFloat32(at + 8, true);
        spread.runs = view.getFloat32(at + 12, true);
        return spread;
      }
      const value = view.getFloat64(at, true);
      if (Number.isNaN(value)) return undefined;
      spread.minimum = spread.average = spread.maximum = value;
      return spread;
    };
    return { get };
  };
}

/** An hour with one more run in it. */
export function addToHour(hour: HourNumbers, numbers: Numbers): HourNumbers {
  const sum = new Map(hour);
  for (const [key, value] of numbers) sum.set(key, addToSpread(sum.get(key), value));
  return sum;
}

/** A spread with one more value in it. */
function addToSpread(spread: Spread | undefined, value: number): Spread {
  if (spread === undefined) return { minimum: value, average: value, maximum: value, runs: 1 };
  const runs = spread.runs + 1;
  return {
    minimum: Math.min(spread.minimum, value),
    average: spread.average + (value - spread.average) / runs,
    maximum: Math.max(spread.maximum, value),
    runs,
  };
}
