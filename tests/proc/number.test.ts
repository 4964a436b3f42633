import { describe, expect, test } from "bun:test";

import { parseCount, parseCounts, parseDecimal, parseSigned, sharePercent } from "../../lib/proc/number.ts";

const notNumbers = ["", " 1", "1 ", "-", "+1", "0x10", "1e3", "NaN", "inf", "Infinity", "1_0", "١", "9".repeat(400)];

describe("a count of the kernel", () => {
  test.each([
    ["0", 0],
    ["0042", 42],
    ["4294967295", 4_294_967_295],
    ["9223372036854775807", 2 ** 63],
  ])("%s is a number", (text, value) => {
    expect(parseCount(text)).toBe(value);
  });

  test.each([...notNumbers, "-1", "1.5", "18446744073709551615", "18446744073709346016", "9223372036854779999"])(
    "%p is not known",
    (text) => {
      expect(parseCount(text)).toBeNull();
    },
  );

  test("a line of counts is known only when every one is", () => {
    expect(parseCounts(["1", "2"])).toEqual([1, 2]);
    expect(parseCounts(["1", "-2"])).toBeNull();
  });
});

describe("a number with decimals", () => {
  test.each([
    ["0.00", 0],
    ["2012345.67", 2_012_345.67],
    ["7", 7],
  ])("%s is a number", (text, value) => {
    expect(parseDecimal(text)).toBe(value);
  });

  test.each([...notNumbers, "-0.31", ".5", "1.", "1.2.3", "18446744073709551616.00"])("%p is not known", (text) => {
    expect(parseDecimal(text)).toBeNull();
  });
});

test("a number that may be negative needs digits all the same", () => {
  expect(parseSigned("-40000")).toBe(-40_000);
  for (const text of notNumbers) expect(parseSigned(text)).toBeNull();
});

describe("a share", () => {
  test.each([
    [0, 10, 0],
    [12, 40, 30],
    [7, 7, 100],
    [3e16 + 4, 3e16 + 4, 100],
  ])("%d of %d is %d %%", (part, whole, percent) => {
    expect(sharePercent(part, whole)).toBe(percent);
  });

  test.each([
    [0, 0],
    [1, 0],
    [-1, 10],
    [11, 10],
    [1, -1],
    [NaN, 10],
    [1, NaN],
    [1, Infinity],
    [Infinity, Infinity],
  ])("%d of %d is not known", (part, whole) => {
    expect(sharePercent(part, whole)).toBeNull();
  });
});
