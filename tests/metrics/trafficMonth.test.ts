import { describe, expect, test } from "bun:test";

import { addTo, type Days, monthAt, monthOf } from "../../lib/metrics/trafficMonth.ts";

const at = (text: string) => Date.parse(`${text}:00Z`);
const hourMs = 3_600_000;

describe("a month", () => {
  test.each([
    ["2026-08-15", 15, "2026-08-15", "2026-09-15"],
    ["2026-08-14", 15, "2026-07-15", "2026-08-15"],
    ["2026-01-01", 15, "2025-12-15", "2026-01-15"],
    ["2026-12-31", 1, "2026-12-01", "2027-01-01"],
    ["2026-01-31", 31, "2026-01-31", "2026-02-28"],
    ["2026-02-27", 31, "2026-01-31", "2026-02-28"],
    ["2026-02-28", 31, "2026-02-28", "2026-03-31"],
    ["2026-03-30", 31, "2026-02-28", "2026-03-31"],
    ["2026-04-30", 31, "2026-04-30", "2026-05-31"],
    ["2024-02-29", 30, "2024-02-29", "2024-03-30"],
  ])("in which %s is begins on the %d.: from %s to %s", (day, resets, from, to) => {
    expect(monthOf(day, resets)).toEqual({ from, to });
  });

  test("counts what its provider counts, and of its own days alone", () => {
    const days: Days = { "2026-07-31": [1e12, 1e12], "2026-08-01": [10, 30], "2026-08-02": [5, 1] };
    const used = (count: "out" | "in" | "both" | "max") =>
      monthAt(days, 1, count, at("2026-07-01T00:00"), at("2026-08-02T12:00")).usedBytes;
    expect([used("out"), used("in"), used("both"), used("max")]).toEqual([31, 15, 46, 31]);
  });

  test("is projected from the time that was counted, once that is a day", () => {
    const days: Days = { "2026-08-10": [0, 100], "2026-08-11": [0, 100] };
    const project = (since: string) => monthAt(days, 1, "out", at(since), at("2026-08-12T00:00")).projectedBytes;
    expect(project("2026-08-10T00:00")).toBeCloseTo(200 + 100 * 20);
    expect(project("2026-07-01T00:00")).toBeCloseTo(200 + (200 / 11) * 20);
    expect(project("2026-08-11T06:00")).toBeNull();
  });
});

describe("what went through", () => {
  test("is added to its day, and over midnight to each day its part", () => {
    expect(addTo({}, [10, 100], at("2026-08-01T10:00"), at("2026-08-01T11:00"))).toEqual({ "2026-08-01": [10, 100] });
    const days = addTo({ "2026-08-01": [1, 1] }, [40, 80], at("2026-08-01T23:00"), at("2026-08-02T03:00"));
    expect(days).toEqual({ "2026-08-01": [11, 21], "2026-08-02": [30, 60] });
  });

  test("during three days without a look is not all of the last one", () => {
    const days = addTo({}, [0, 72], at("2026-08-01T12:00"), at("2026-08-04T12:00"));
    expect(Object.values(days).map(([, sent]) => sent)).toEqual([12, 24, 24, 12]);
  });

  test("while a clock was set back is of the day that it shows", () => {
    expect(addTo({}, [0, 7], at("2026-08-02T01:00"), at("2026-08-01T12:00"))).toEqual({ "2026-08-01": [0, 7] });
  });

  test("is kept for a month and a little, and not for days to come", () => {
    let days: Days = {};
    for (let hour = 0; hour < 24 * 60; hour += 12) {
      const ms = at("2026-01-01T12:00") + hour * hourMs;
      days = addTo(days, [1, 1], ms, ms + 1000);
    }
    expect(Object.keys(days)).toHaveLength(33);
    expect(Object.keys(days).at(-1)).toBe("2026-03-02");
    expect(Object.keys(addTo(days, [1, 1], at("2026-02-10T12:00"), at("2026-02-10T12:05"))).at(-1)).toBe("2026-02-11");
  });

  test("since 1970 does not take for ever", () => {
    expect(Object.keys(addTo({}, [0, 1e9], 0, at("2026-08-01T12:00"))).length).toBeLessThanOrEqual(33);
  });
});
