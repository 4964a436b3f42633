import { expect, test } from "bun:test";

import { percentDigits, roundBeside } from "../../lib/words/digits.ts";

const disk = [85, 80, 95, 90];

test.each([
  [0, "0"],
  [0.04, "1"],
  [42.1, "43"],
  [83.9, "84"],
  [84.2, "84.2"],
  [84.97, "84.9"],
  [84.9999, "84.9"],
  [85, "85"],
  [85.01, "85.1"],
  [85.97, "86.0"],
  [86, "86"],
  [86.2, "87"],
  [80.04, "80.1"],
  [97.3, "98"],
  [99.2, "99.2"],
  [99.97, "99.9"],
  [100, "100"],
])("a disk that is %d %% full is written as df does, but never beyond a threshold: %s", (value, digits) => {
  expect(percentDigits(value, "up", disk)).toBe(digits);
});

test.each([
  [0, "0.0"],
  [0.04, "0.1"],
  [4.24, "4.2"],
  [9.94, "9.9"],
  [67.5, "68"],
  [89.6, "89.6"],
  [89.97, "89.9"],
  [90, "90"],
  [90.02, "90.1"],
  [91.4, "91"],
  [99.6, "99.6"],
  [99.97, "99.9"],
  [100, "100"],
])("another share of %d %% is written %s", (value, digits) => {
  expect(percentDigits(value, "nearest", [90, 75])).toBe(digits);
});

test("for every share and threshold, what is written is on the same side of the threshold as the number", () => {
  for (let hundredths = 0; hundredths <= 10_000; hundredths++) {
    const value = hundredths / 100;
    for (const threshold of [5, 80, 85, 87.5, 90, 95, 100]) {
      for (const style of ["up", "nearest"] as const) {
        const written = Number(percentDigits(value, style, [threshold]));
        expect([value, threshold, Math.sign(written - threshold)]).toEqual([
          value,
          threshold,
          Math.sign(value - threshold),
        ]);
      }
    }
  }
});

test("what differs from a threshold by a rounding error of the machine is on it", () => {
  expect(percentDigits(100 - 10.000000000000002, "nearest", [90])).toBe("90");
  expect(percentDigits(84.99999999999999, "up", [85])).toBe("85");
});

test("another number is rounded to its decimals, but never onto a threshold or over it", () => {
  expect(roundBeside(1.996, 2, [2])).toBe("1.99");
  expect(roundBeside(2.004, 2, [2])).toBe("2.01");
  expect(roundBeside(2, 2, [2])).toBe("2.00");
  expect(roundBeside(79.6, 1, [80])).toBe("79.6");
  expect(roundBeside(79.96, 1, [80])).toBe("79.9");
  expect(roundBeside(-0.04, 1, [0])).toBe("-0.1");
});
