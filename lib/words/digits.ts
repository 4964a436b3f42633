/*
 * A number and the threshold that it is held against are read side by side, so the digits must be on the side of the
 * threshold that the number is on: 84.97 is not written 85 while nothing is raised.
 */

/** Beside which numbers a number of this name and labels is read; none where nothing judges it. */
export type ThresholdsOf = (shown: string, labels: Readonly<Record<string, string>>) => readonly number[];

/** Rounds to this many decimals, but never onto or over a threshold that the number has not reached. */
export function roundBeside(value: number, decimals: number, thresholds: readonly number[]): string {
  const scale = 10 ** decimals;
  const rounded = Math.round(value * scale) / scale;
  const passed = thresholds.find((threshold) => sideOf(value, threshold) !== sideOf(rounded, threshold));
  if (passed === undefined) return rounded.toFixed(decimals);
  const side = sideOf(value, passed);
  const kept = side === 0 ? passed : (side < 0 ? Math.floor(value * scale) : Math.ceil(value * scale)) / scale;
  return kept.toFixed(decimals);
}

/** Less is what adding up makes of numbers that are equal. */
const tolerance = 1e-9;
const sideOf = (value: number, threshold: number) =>
  Math.abs(value - threshold) < tolerance ? 0 : Math.sign(value - threshold);

/** `1,824`, `51,822`: without the machine's locale, which would load its tables. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(?:\d{3})+$)/g, ",");

/** Rounded up to whole percents as `df` does, so that a disk is never fuller than we say; or to the nearest. */
export type PercentStyle = "up" | "nearest";

/**
 * The digits of a share in percent: whole, below ten with one decimal unless they are rounded up. Within one point of a
 * threshold, and of 100, they have one decimal.
 */
export function percentDigits(value: number, style: PercentStyle, thresholds: readonly number[]): string {
  const all = style === "up" ? [...thresholds, 100] : [...thresholds, 100, 0];
  const on = all.find((threshold) => threshold !== 0 && sideOf(value, threshold) === 0);
  if (on !== undefined) return String(on);
  const isNear = all.some((threshold) => threshold !== 0 && Math.abs(value - threshold) < 1);
  if (isNear || (style === "nearest" && value < 9.95)) return roundBeside(value, 1, all);
  return style === "up" ? Math.ceil(value).toFixed(0) : roundBeside(value, 0, all);
}
