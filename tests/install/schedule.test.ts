import { expect, test } from "bun:test";

import { parseSchedule } from "../../lib/install/schedule.ts";

test.each(["*/30 * * * *", "0 0 1 1 7", "0,30 8-18/2 * jan-mar,DEC Mon-Fri", "5-55/10 */6 1,15 * 0", "@hourly"])(
  "%j is a schedule",
  (text) => {
    expect(parseSchedule(text)).toEqual({ ok: true, value: text });
  },
);

test("spaces do not count", () => {
  expect(parseSchedule("  */5\t*  * * * ")).toEqual({ ok: true, value: "*/5 * * * *" });
});

test.each([
  ["", "expected five times in quotes"],
  ["*/30", "expected five times in quotes"],
  ["* * * * * *", "expected five times in quotes"],
  ["@often", "expected five times in quotes"],
  ["60 * * * *", "the minute must be *, */N, or numbers from 0 to 59"],
  ["*/0 * * * *", "the minute must be"],
  ["1-a * * * *", "the minute must be"],
  ["1-2-3 * * * *", "the minute must be"],
  ["30-10 * * * *", "the minute must be"],
  ["0, * * * *", "the minute must be"],
  ["0 24 * * *", "the hour must be *, */N, or numbers from 0 to 23"],
  ["0 0 0 * *", "the day of the month must be *, */N, or numbers from 1 to 31"],
  ["0 0 * 13 *", "the month must be *, */N, or numbers from 1 to 12"],
  ["0 0 * mon *", "the month must be"],
  ["0 0 * * monday", "the day of the week must be"],
  ["+5 * * * *", "the minute must be"],
  ["@Daily", "expected five times in quotes"],
  ["0 0 31 2 *", "there is no such day, so it would never run"],
  ["0 0 31 apr,jun *", "there is no such day"],
  ["0 0 29 2 *", "ok"],
  ["0 0 * * 8", "the day of the week must be *, */N, or numbers from 0 to 7"],
  ["0 0 * * *\n", "ok"],
  ["0 0 * *\n*", "expected five times in quotes"],
])("%j: %s", (text, words) => {
  const schedule = parseSchedule(text);
  expect(schedule.ok ? "ok" : schedule.problem).toStartWith(words);
});
