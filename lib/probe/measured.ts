import { significant } from "../format.ts";
import { Uom } from "../model/probe.ts";
import { roundBeside } from "../words/digits.ts";
import type { RowWords } from "../words/en/rows.ts";

/** Beyond it a whole number has no fraction to round. */
const manyDigits = 1e15;

/** A number of the owner's, in the unit of its label `uom`: `1,824`, `0.42`, `3.2 GiB`, `12 ms`, `3 d 4 h`. */
export function measuredText(
  value: number,
  uom: string | undefined,
  thresholds: readonly number[],
  words: RowWords,
): string {
  const sign = value < 0 ? "−" : "";
  const known = Uom.options.find((one) => one === uom);
  if (known === undefined) return plainText(value, thresholds);
  switch (known) {
    case "bytes":
      return sign + words.bytes(Math.abs(value));
    case "celsius":
      return words.degrees(value, thresholds);
    case "days":
      return value < 0 ? words.expired(-value) : words.timeLeft(value, thresholds);
    case "percent":
      return words.percent(value, thresholds);
    case "seconds":
      return sign + timeText(Math.abs(value), words);
  }
}

function timeText(seconds: number, { duration, shortTime }: RowWords): string {
  if (seconds >= 60) return duration(seconds);
  if (seconds === 0 || seconds >= 1) return shortTime(Number(significant(seconds)).toString(), "s");
  return shortTime(Number((seconds * 1000).toPrecision(3)).toString(), "ms");
}

/** Whole numbers with commas, others with three digits, on their own side of a threshold. */
function plainText(value: number, thresholds: readonly number[]): string {
  const size = Math.abs(value);
  if (size >= manyDigits || (size > 0 && size < 0.001)) return value.toPrecision(3);
  if (Number.isInteger(value)) return value.toLocaleString("en-US");
  if (size >= 99.95) return Number(roundBeside(value, 0, thresholds)).toLocaleString("en-US");
  return roundBeside(value, size < 0.0995 ? 3 : size < 9.995 ? 2 : 1, thresholds);
}
