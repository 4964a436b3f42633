import { afterEach, expect, test } from "bun:test";
import { existsSync } from "node:fs";

import { endOfDay, hasZone, localTime, useOffsets, zoneOffset } from "../lib/format.ts";
import { offsetMsOf } from "../lib/host/zones.ts";
import { parseZone } from "../lib/proc/zoneinfo.ts";
import { parseZoneRule } from "../lib/proc/zoneRule.ts";

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
  "America/Havana",
  "America/Santiago",
];
const hasFiles = existsSync("/usr/share/zoneinfo/Asia/Tokyo");

test.skipIf(!hasFiles).each(["2024-12-30T21:00:00Z", "2041-01-01T00:00:00Z"])(
  "from %s the files of the machine tell the time and the day's end as the runtime does, without asking it",
  (begin) => {
    const times = Array.from({ length: 800 }, (_, index) => Date.parse(begin) + index * 7_000_000 * 5);
    for (const zone of zones) {
      const tell = () => times.map((ms) => [localTime(ms, zone), endOfDay(ms, zone), zoneOffset(ms, zone)]);
      const expected = tell();
      useOffsets(offsetMsOf);
      expect(times.filter((ms) => offsetMsOf(ms, zone) === null)).toEqual([]);
      expect(tell()).toEqual(expected);
      useOffsets(() => null);
    }
  },
);

const rules = [
  ["Europe/Berlin", "CET-1CEST,M3.5.0,M10.5.0/3"],
  ["Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"],
  // Its winter is the exception.
  ["Europe/Dublin", "IST-1GMT0,M10.5.0,M3.5.0/1"],
  ["America/New_York", "EST5EDT,M3.2.0,M11.1.0"],
  ["America/St_Johns", "NST3:30NDT,M3.2.0,M11.1.0"],
  ["America/Santiago", "<-04>4<-03>,M9.1.6/24,M4.1.6/24"],
  ["America/Nuuk", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0"],
  ["America/Havana", "CST5CDT,M3.2.0/0,M11.1.0/1"],
  ["Asia/Jerusalem", "IST-2IDT,M3.4.4/26,M10.5.0"],
  ["Asia/Kathmandu", "<+0545>-5:45"],
  ["Asia/Tokyo", "JST-9"],
  ["Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0"],
  ["Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"],
  ["Pacific/Chatham", "<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45"],
  ["Antarctica/Troll", "<+00>0<+02>-2,M3.5.0/1,M10.5.0/3"],
] as const;

/** A compiled zone that has nothing but its rule, as some systems have all that never was another way. */
function zoneOf(rule: string): Uint8Array {
  const header = (types: number) => {
    const view = new DataView(new ArrayBuffer(44));
    view.setUint32(0, 0x54_5a_69_66);
    view.setUint8(4, 0x32);
    view.setUint32(36, types);
    view.setUint32(40, types);
    return new Uint8Array(view.buffer);
  };
  return Buffer.concat([header(0), header(1), new Uint8Array(7), new TextEncoder().encode(`\n${rule}\n`)]);
}

const offsetIn = (zone: string, seconds: number) =>
  Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(zone).offsetNanoseconds / 1e9;

test.each(rules)("%s goes by its rule %s to the second, as the runtime has it", (zone, rule) => {
  const offsetAt = parseZone(zoneOf(rule)) ?? (() => null);
  const [days, begin] = [4 * 86_400, Date.parse("2026-01-01T07:00:00Z") / 1000];
  const isWrong = (at: number) => offsetAt(at) !== offsetIn(zone, at);
  const wrong: number[] = [];
  let changes = 0;
  for (let at = begin; at < begin + 9125 * days; at += days) {
    if (isWrong(at)) wrong.push(at);
    if (offsetAt(at) === offsetAt(at + days)) continue;
    changes += 1;
    let [before, after] = [at, at + days];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (offsetAt(middle) === offsetAt(at)) before = middle;
      else after = middle;
    }
    wrong.push(...[before, after].filter(isWrong));
  }
  expect(wrong).toEqual([]);
  expect(changes).toBe(rule.includes(",") ? 200 : 0);
});

test.each([
  // 29 February counts, or it does not.
  ["EST5EDT,59,J365", "2028-02-29T06:59:59Z", -5],
  ["EST5EDT,59,J365", "2028-02-29T07:00:00Z", -4],
  ["EST5EDT,J60,J365", "2028-03-01T06:59:59Z", -5],
  ["EST5EDT,J60,J365", "2028-03-01T07:00:00Z", -4],
  ["EST5EDT,J60,J365", "2027-03-01T06:59:59Z", -5],
  ["EST5EDT,J60,J365", "2027-03-01T07:00:00Z", -4],
  // All the year, as RFC 9636 has it.
  ["XXX3EDT4,0/0,J365/23", "2027-01-01T02:59:59Z", -4],
  ["XXX3EDT4,0/0,J365/23", "2027-01-01T03:00:00Z", -4],
  ["XXX3EDT4,0/0,J365/23", "2027-07-01T00:00:00Z", -4],
  // Hours of a week, and those before the day.
  ["AAA0BBB,M1.1.1/167,J365/-24:30:10", "2027-01-10T22:59:59Z", 0],
  ["AAA0BBB,M1.1.1/167,J365/-24:30:10", "2027-01-10T23:00:00Z", 1],
  ["AAA0BBB,M1.1.1/167,J365/-24:30:10", "2027-12-29T22:29:49Z", 1],
  ["AAA0BBB,M1.1.1/167,J365/-24:30:10", "2027-12-29T22:29:50Z", 0],
] as const)("by the rule %s it is at %s as the standard says", (rule, time, hours) => {
  expect(parseZoneRule(rule)?.(Date.parse(time) / 1000)).toBe(hours * 3600);
});

test.each([
  "",
  "CET",
  "CET-1CEST",
  "CET-1CEST,M3.5.0",
  "CE-1",
  "CET-1CEST,M3.6.0,M10.5.0",
  "CET-1CEST,M3.5.7,M10.5.0/3",
])("%j is no rule", (text) => {
  expect(parseZoneRule(text)).toBeNull();
});

test("what is no zone, or leads out of their directory, is left to the runtime", () => {
  useOffsets(offsetMsOf);
  for (const name of ["Asia/Nowhere", "Etc/../../../../etc/passwd", "posix/Asia/Tokyo", "tzdata.zi", ""]) {
    expect(hasZone(name)).toBe(false);
  }
  expect(parseZone(new Uint8Array(3))).toBeNull();
  expect(parseZone(new TextEncoder().encode("TZif2".padEnd(60, "\0")))).toBeNull();
});
