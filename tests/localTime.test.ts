import { afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { endOfDay, hasZone, localTime, useOffsets } from "../lib/format.ts";
import { offsetMsOf } from "../lib/host/zones.ts";
import { parseZone } from "../lib/proc/zoneinfo.ts";

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();

test.each(["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-12-31T23:59:00Z", "2026-01-02T03:04:05Z"])(
  "at %s the machine's own zone shows what it shows by its name",
  (time) => {
    expect(localTime(Date.parse(time), null)).toEqual(localTime(Date.parse(time), timeZone));
    expect(endOfDay(Date.parse(time), null)).toBe(endOfDay(Date.parse(time), timeZone));
  },
);

test("a named zone has a clock and a day of its own", () => {
  expect(localTime(Date.parse("2026-07-10T15:30:00Z"), "Asia/Tokyo")).toEqual({
    day: "2026-07-11",
    hour: 0,
    minute: 30,
  });
});

test.each([
  ["Asia/Tokyo", "2026-07-10T15:00:00Z", "2026-07-11T15:00:00Z"],
  ["Asia/Tokyo", "2026-07-10T14:59:59.999Z", "2026-07-10T15:00:00Z"],
  // The clocks are set back by an hour in the night, and forward.
  ["Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
  ["Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
])("in %s the day of %s ends at %s", (zone, time, end) => {
  expect(new Date(endOfDay(Date.parse(time), zone))).toEqual(new Date(end));
});

afterEach(() => useOffsets(() => null));

const zones = [
  "Asia/Tokyo",
  "America/New_York",
  "Europe/Berlin",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Africa/Cairo",
];
const hasFiles = existsSync("/usr/share/zoneinfo/Asia/Tokyo");

test.skipIf(!hasFiles)("the files of the machine tell the time and the day's end as the runtime does", () => {
  const times = Array.from({ length: 800 }, (_, index) => Date.parse("2024-12-30T21:00:00Z") + index * 7_000_000 * 3);
  for (const zone of zones) {
    const tell = () => times.map((ms) => [localTime(ms, zone), endOfDay(ms, zone)]);
    const expected = tell();
    useOffsets(offsetMsOf);
    expect(offsetMsOf(times[0] ?? 0, zone)).not.toBeNull();
    expect(tell()).toEqual(expected);
    useOffsets(() => null);
  }
});

test("what is no zone, or leads out of their directory, is left to the runtime", () => {
  useOffsets(offsetMsOf);
  for (const name of ["Asia/Nowhere", "Etc/../../../../etc/passwd", "posix/Asia/Tokyo", "tzdata.zi", ""]) {
    expect(hasZone(name)).toBe(false);
  }
  expect(parseZone(new Uint8Array(3))).toBeNull();
  expect(parseZone(new TextEncoder().encode("TZif2".padEnd(60, "\0")))).toBeNull();
});
