import { expect, test } from "bun:test";

import { cpu, day, disk, hour, one } from "../replay/trace.ts";
import { cpus, disks, series, told } from "./told.ts";

/*
 * Traces of days and weeks that once made a message each time, or each day. How many there are now is the point.
 */

const kindsOf = (messages: readonly string[]) => messages.map((message) => message.split(" ")[1]);

/** So many days of looks at a number that is high for the first minutes of each period. */
const periodic = <T>(days: number, every: number, period: number, minutes: number, at: (isHigh: boolean) => T) =>
  Array.from({ length: (days * day) / every }, (_, look) => at((look * every) % period < minutes));

// alerts D4
test.each([3, 4, 6, 12])("a job of an hour, every %d h, at 30 minutes between looks", (hours) => {
  const looks = periodic(14, 30, hours * hour, hour, (isHigh) => cpu(isHigh ? 97 : 10));
  expect(told(looks, 30).length).toBeLessThanOrEqual(4);
});

test.each([1, 1.5, 2, 3, 6, 24])("a job of 15 minutes, every %d h, at 5 minutes between looks", (hours) => {
  expect(
    told(
      periodic(14, 5, hours * hour, 15, (isHigh) => cpu(isHigh ? 97 : 10)),
      5,
    ),
  ).toEqual([]);
});

test("steal for one hour of four, for three days", () => {
  const steal = (percent: number) => [one("cpu_steal_percent", percent, { window: "report" })];
  const looks = periodic(3, 5, 4 * hour, hour, (isHigh) => steal(isHigh ? 14 : 1));
  expect(told(looks, 5).length).toBeLessThanOrEqual(4);
});

test("a disk that is cleaned each night, from 85.5 % to 79 %", () => {
  const looks = Array.from({ length: 14 * 48 }, (_, look) => disk("/", 79 + (6.5 * (look % 48)) / 47));
  expect(kindsOf(told(looks, 30))).toEqual(["raised", "recovered", "raised", "recovered", "flapping"]);
});

// alerts D5
test("what once was beyond a threshold, and is below it for a month", () => {
  expect(told(disks("84 x10 99 99 84 x1440"), 30)).toEqual([
    "10 raised storage_used critical 99 %",
    "13 better storage_used warning 84 %",
    "35 recovered storage_used 84 %",
  ]);
  const memory = series("87 x10 93 93 87 x480").map((used) => [one("memory_available_percent", 100 - used)]);
  expect(kindsOf(told(memory, 30))).toEqual(["raised", "recovered"]);
  expect(kindsOf(told(cpus(`50 95 x4 ${"87 88 89 86 ".repeat(200)}`), 30))).toEqual(["raised", "recovered"]);
});

// alerts D6
test("a page that fails at every second look for a day", () => {
  const looks = Array.from({ length: 48 }, (_, look) => [one("http_up", look % 2, { check: "shop" })]);
  expect(kindsOf(told(looks, 30))).toEqual(["raised", "reminder"]);
});

// alerts D8
test("a disk that is full by design, and a unit that failed for good, for two months", () => {
  const looks = Array.from({ length: 60 * 48 }, () => [
    ...disk("/mnt/media", 97),
    one("units_failed", 1),
    one("unit_failed", 1, { unit: "certbot.service" }),
  ]);
  const at = told(looks, 30).map((message) => Number(message.split(" ")[0]));
  // What is due on one day comes in one message.
  expect(at.slice(0, 6)).toEqual([0, 0, 24, 24, 72, 72]);
  expect(new Set(at).size).toBeLessThanOrEqual(20);
});

// alerts D10
test("a forecast that did not come true", () => {
  const writes =
    "55 x36 58 58 58 60.9 60.9 63.8 65.6 66.8 66.8 69.7 69.7 69.7 69.3 69.7 72.7 72.3 72.7 69.7 67.9 66.8 x12";
  expect(told(disks(writes), 30)).toEqual([]);
  // What is copied for seven hours looks so for as long as it has to: once.
  const copy = Array.from({ length: 14 }, (_, look) => 58 + look + 1).join(" ");
  expect(kindsOf(told(disks(`58 x48 ${copy} 72 x48`), 30))).toEqual(["raised", "recovered"]);
});

// alerts D16
test("a certificate for 6.6 days that is renewed at 3, for a month", () => {
  const looks = Array.from({ length: 30 * 48 }, (_, look) => {
    const daysLeft = 6.6 - ((look / 48) % 3.6);
    // What it has left, as a certificate for 42 days would.
    return [
      one("http_certificate_pressing_days", (daysLeft * 14) / (6.6 / 3), { check: "blog" }),
      one("http_certificate_days", daysLeft, { check: "blog" }),
    ];
  });
  expect(told(looks, 30)).toEqual([]);
});
