import { afterAll } from "bun:test";

/** Notes how far a number is from the truth, and hands the distance back. */
export type NoteDifference = (what: string, ours: number, theirs: number) => number;

/** For one test file: collects the differences, and prints the largest of each kind when the file's tests are over. */
export function noteDifferences(unit: string): NoteDifference {
  const kinds = new Map<string, { largest: number; count: number }>();
  afterAll(() => {
    const rows = [...kinds].map(
      ([what, { largest, count }]) =>
        `  ${what.padEnd(48)} ${largest.toFixed(Number.isInteger(largest) ? 0 : 3).padStart(12)} ${unit}, of ${count}`,
    );
    if (rows.length > 0) console.log(`\nLargest differences:\n${rows.join("\n")}`);
  });
  return (what, ours, theirs) => {
    const difference = Math.abs(ours - theirs);
    const { largest, count } = kinds.get(what) ?? { largest: 0, count: 0 };
    kinds.set(what, { largest: Math.max(largest, difference), count: count + 1 });
    return difference;
  };
}
