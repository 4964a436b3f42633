import { expect, test } from "bun:test";

import { en } from "../../lib/words/en.ts";

test("a percentage is whole from ten on", () => {
  expect([0, 4.24, 9.94, 9.96, 67.5, 100].map((value) => en.percent(value))).toEqual([
    "0.0 %",
    "4.2 %",
    "9.9 %",
    "10 %",
    "68 %",
    "100 %",
  ]);
});

test("a disk is never fuller than we say", () => {
  expect([0, 86.01, 87, 99.2].map((value) => en.percentUp(value))).toEqual(["0 %", "87 %", "87 %", "99.2 %"]);
});

test.each([
  [0, "0 s"],
  [59.9, "59 s"],
  [60, "1 min"],
  [3600, "1 h"],
  [18_720, "5 h 12 min"],
  [86_400, "1 day"],
  [90_000, "1 d 1 h"],
  [172_800, "2 days"],
  [863_999, "9 d 23 h"],
  [2_000_000, "23 days"],
  [-5, "0 s"],
])("%d seconds are %s", (seconds, text) => {
  expect(en.duration(seconds)).toBe(text);
});

test("of many names the first are said, and how many more there are", () => {
  expect(en.some([])).toBe("");
  expect(en.some(["nginx", "redis", "cron"])).toBe("nginx, redis, cron");
  expect(en.some(["nginx", "redis", "cron", "a", "b"])).toBe("nginx, redis, cron and 2 more");
});

test.each([
  [0, "0 messages"],
  [1, "1 message"],
  [2, "2 messages"],
])("%d of a thing is said in its number", (count, text) => {
  expect(en.count.messages(count)).toBe(text);
});
