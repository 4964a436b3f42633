import { expect, test } from "bun:test";

import { isBad, limitAt, parseRange, scaled, thresholdOf } from "../../lib/probe/limit.ts";

/** The examples of the guidelines: the range, numbers that are well, numbers that are bad. */
const examples: readonly (readonly [range: string, well: readonly number[], bad: readonly number[]])[] = [
  ["10", [0, 5, 10], [-0.1, 10.1]],
  ["10:", [10, 1e9], [9.9, -1]],
  ["~:10", [-1e9, 0, 10], [10.1]],
  ["10:20", [10, 15, 20], [9.9, 20.1]],
  ["@10:20", [9.9, 20.1], [10, 15, 20]],
  ["-5:5", [-5, 0, 5], [-5.1, 5.1]],
  ["1.5:2e3", [1.5, 2000], [1.4, 2001]],
  ["@0", [1, -1], [0]],
  [":7", [0, 7], [-1, 8]],
];

test.each(examples)("the range %s", (text, well, bad) => {
  const limit = parseRange(text)!;
  expect(well.filter((value) => isBad(limit, value))).toEqual([]);
  expect(bad.filter((value) => !isBad(limit, value))).toEqual([]);
  // The edge as a threshold judges alike.
  for (const value of [...well, ...bad]) {
    const { raise, clear, isOpen } = thresholdOf(limit, value, 1)!;
    const isBeyond = (raise > clear ? value >= raise : value <= raise) && !(isOpen === true && value === raise);
    expect({ value, isBeyond }).toEqual({ value, isBeyond: isBad(limit, value) });
  }
});

test.each(["", "@", ":", "~", "~:", "20:10", "a", "1:2:3", "10 ", "1e309", "~5:1", "@@1", "--1"])(
  "%j is no range",
  (text) => expect(parseRange(text)).toBeNull(),
);

test("what is back by a hair is not over: five in a hundred of the edge, or less where the range is narrow", () => {
  expect(thresholdOf(limitAt(500, false), 812, 2)).toEqual({ raise: 500, clear: 475, runs: 2 });
  expect(thresholdOf(limitAt(4, true), 1, 2)).toEqual({ raise: 4, clear: 4.2, runs: 2 });
  expect(thresholdOf(parseRange("100:101")!, 102, 2)).toEqual({ raise: 101, clear: 100.75, runs: 2, isOpen: true });
  expect(thresholdOf(parseRange("100:101")!, 99, 2)).toEqual({ raise: 100, clear: 100.25, runs: 2, isOpen: true });
  expect(thresholdOf(limitAt(0, false), 1, 2)).toEqual({ raise: 0, clear: -0.05, runs: 2 });
});

test("a limit in other units keeps its open end", () => {
  expect(scaled(parseRange("~:2"), 1024)).toMatchObject({ start: null, end: 2048 });
  expect(scaled(null, 60)).toBeNull();
});
