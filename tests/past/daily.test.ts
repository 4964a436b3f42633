import { expect, test } from "bun:test";

import { clockTime, localDay } from "../../lib/format.ts";
import { digestTurn, lastDays } from "../../lib/past/digest.ts";

const minuteMs = 60_000;
const digest = { digest: "08:00", timezone: "Asia/Tokyo" };

/** When digests are told, of runs at some times; the first run has nothing before it. */
function told(times: readonly number[], settings: Parameters<typeof digestTurn>[0] = digest): readonly string[] {
  let days: readonly string[] | null = null;
  return times.flatMap((ms) => {
    const turn = digestTurn(settings, days, ms);
    days = turn?.days ?? null;
    return turn?.isDue === true ? [new Date(ms).toISOString().slice(0, 16)] : [];
  });
}

/** Times from one to another. */
function every(minutes: number, from: string, to: string): readonly number[] {
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const count = Math.ceil((toMs - fromMs) / (minutes * minuteMs));
  return Array.from({ length: count }, (_, index) => fromMs + index * minutes * minuteMs);
}

test("the first run after the hour tells the day, in the reader's zone", () => {
  expect(told(every(7, "2026-07-10T12:00Z", "2026-07-13T12:00Z"))).toEqual([
    "2026-07-10T23:05",
    "2026-07-11T23:00",
    "2026-07-12T23:02",
  ]);
});

test("without the setting none is told", () => {
  expect(digestTurn({ ...digest, digest: null }, [], 0)).toBeNull();
});

test("the first day of a machine is not told, whether it begins before the hour or after it", () => {
  expect(told(every(10, "2026-07-10T20:00Z", "2026-07-10T23:00Z"))).toEqual([]);
  expect(told(every(10, "2026-07-10T23:30Z", "2026-07-11T22:00Z"))).toEqual([]);
});

test("a machine that was off at the hour tells the day when it is back, and not at all the day after", () => {
  const before = every(10, "2026-07-10T12:00Z", "2026-07-10T13:00Z");
  expect(told([...before, ...every(10, "2026-07-11T04:00Z", "2026-07-11T08:00Z")])).toEqual(["2026-07-11T04:00"]);
  expect(told([...before, ...every(10, "2026-07-11T15:30Z", "2026-07-11T22:00Z")])).toEqual([]);
});

test.each([
  ["back by two hours", -2 * 60],
  ["back by a day and a half", -36 * 60],
  ["back by 30 days", -30 * 24 * 60],
  ["forward by three days", 3 * 24 * 60],
])("a clock that is set %s and right again makes no second digest of a day", (_, minutes) => {
  const times = every(30, "2026-07-01T12:00Z", "2026-07-14T12:00Z");
  const isMoved = (ms: number) => ms > Date.parse("2026-07-09T23:10Z") && ms < Date.parse("2026-07-10T05:00Z");
  const days = told(times.map((ms) => (isMoved(ms) ? ms + minutes * minuteMs : ms))).map((time) => time.slice(0, 10));
  expect(new Set(days).size).toBe(days.length);
});

test.each(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe"])(
  "each day of a year in %s is told once, also where the hour is left out or comes twice",
  (timezone) => {
    for (const hour of ["02:30", "01:45", "00:00", "23:50"]) {
      // Of the minutes before midnight only a look every ten sees one.
      const minutes = hour === "23:50" ? 10 : 30;
      const days = told(every(minutes, "2026-01-01T12:00Z", "2026-12-31T12:00Z"), { digest: hour, timezone });
      // At 23:50 the day of the end is not over yet.
      expect(days.length).toBeGreaterThanOrEqual(363);
      expect(days.length).toBeLessThanOrEqual(364);
    }
  },
);

const week = { digest: "monday 08:00", timezone: "Asia/Tokyo" };

test("a weekly review is told once a week, in the reader's zone", () => {
  // In Tokyo it is Monday, 08:00, when it is Sunday, 23:00, in London.
  expect(told(every(7, "2026-07-01T12:00Z", "2026-07-22T12:00Z"), week)).toEqual([
    "2026-07-05T23:06",
    "2026-07-12T23:06",
    "2026-07-19T23:06",
  ]);
});

test("a machine that was off when its review was due tells it when it is back, and the next at its usual time", () => {
  const before = every(10, "2026-07-01T12:00Z", "2026-07-05T13:00Z");
  const after = every(10, "2026-07-08T04:00Z", "2026-07-14T00:00Z");
  expect(told([...before, ...after], week)).toEqual(["2026-07-08T04:00", "2026-07-12T23:00"]);
});

test("the first week of a machine has no review", () => {
  expect(told(every(10, "2026-07-06T12:00Z", "2026-07-12T22:00Z"), week)).toEqual([]);
});

test.each([-36, -30 * 24, 72])("a clock that is moved by %d hours and right again makes no second review", (hours) => {
  const times = every(30, "2026-06-01T12:00Z", "2026-07-31T12:00Z");
  const isMoved = (ms: number) => ms > Date.parse("2026-07-12T22:10Z") && ms < Date.parse("2026-07-13T05:00Z");
  const reviews = told(
    times.map((ms) => (isMoved(ms) ? ms + hours * 60 * minuteMs : ms)),
    week,
  );
  expect(new Set(reviews.map((time) => time.slice(0, 10))).size).toBe(reviews.length);
  expect(reviews.length).toBeLessThanOrEqual(9);
});

test.each(["Europe/Berlin", "Australia/Lord_Howe"])(
  "the days of a review in %s are seven, and end at midnight",
  (zone) => {
    for (const time of ["2026-03-30T06:00Z", "2026-10-26T06:00Z", "2026-07-10T20:00Z", "2026-04-06T00:00Z"]) {
      const days = lastDays(Date.parse(time), zone);
      expect(days).toHaveLength(7);
      for (const [fromMs] of days) expect(clockTime(fromMs, zone)).toBe("00:00");
      expect(new Set(days.map(([fromMs]) => localDay(fromMs, zone))).size).toBe(7);
      expect(days.at(-1)?.[1]).toBeLessThanOrEqual(Date.parse(time));
    }
  },
);
