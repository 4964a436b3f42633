import { expect, test } from "bun:test";

import {
  bar,
  classicBytes,
  classicTime,
  createFormat,
  jsonText,
  printable,
  significant,
  sparkline,
} from "../lib/format.ts";

const iec = createFormat("iec");
const si = createFormat("si");

test.each([
  [0, "0 B"],
  [1, "1 B"],
  [1023, "1023 B"],
  [1023.6, "1.00 KiB"],
  [-20_480_000, "-19.5 MiB"],
  [1024, "1.00 KiB"],
  [1024 ** 2 - 1, "1.00 MiB"],
  [999 * 1024, "999 KiB"],
  [1000 * 1024, "0.98 MiB"],
  [1.02 * 1024 ** 3, "1.02 GiB"],
  [34.1 * 1024 ** 3, "34.1 GiB"],
  [187 * 1024 ** 3, "187 GiB"],
  [1024 ** 6, "1.00 EiB"],
])("%d bytes are %s", (bytes, text) => {
  expect(iec.bytes(bytes)).toBe(text);
});

test("with SI units 1000 is the base", () => {
  expect([999, 999.7, 1000, 1_500_000_000].map(si.bytes)).toEqual(["999 B", "1.00 kB", "1.00 kB", "1.50 GB"]);
});

test("a part and its whole share the unit of the larger, which stands once", () => {
  expect(iec.bytesOf(1.02 * 1024 ** 3, 2 * 1024 ** 3)).toBe("1.02 / 2.00 GiB");
  expect(iec.bytesOf(0, 2 * 1024 ** 3)).toBe("0.00 / 2.00 GiB");
});

test("a part that would have fewer than two digits in the unit of the whole has its own", () => {
  const [gib, tib] = [1024 ** 3, 1024 ** 4];
  expect(iec.bytesOf(4.9 * gib, 7.28 * tib)).toBe("4.90 GiB / 7.28 TiB");
  expect(iec.bytesOf(4.9 * tib, 1.2 * 1024 * tib)).toBe("4.90 TiB / 1.20 PiB");
  expect(iec.bytesOf(131_072, 100 * gib)).toBe("128 KiB / 100 GiB");
  expect(iec.bytesOf(0.094 * gib, 2 * gib)).toBe("96.3 MiB / 2.00 GiB");
  expect(iec.bytesOf(0.1 * gib, 2 * gib)).toBe("0.10 / 2.00 GiB");
  expect(iec.bytesOf(300, 1024)).toBe("0.29 / 1.00 KiB");
  expect(iec.bytesOf(50, 999)).toBe("50 / 999 B");
});

test("numbers have three digits, and never more than two decimals", () => {
  expect([0.04, 9.994, 9.996, 34.14, 99.96, 187.2].map(significant)).toEqual([
    "0.04",
    "9.99",
    "10.0",
    "34.1",
    "100",
    "187",
  ]);
});

test.each([
  [0, "▱▱▱▱▱▱▱▱▱▱"],
  [0.1, "▰▱▱▱▱▱▱▱▱▱"],
  [50, "▰▰▰▰▰▱▱▱▱▱"],
  [99.9, "▰▰▰▰▰▰▰▰▰▱"],
  [100, "▰▰▰▰▰▰▰▰▰▰"],
  [250, "▰▰▰▰▰▰▰▰▰▰"],
  [-3, "▱▱▱▱▱▱▱▱▱▱"],
])("the bar of %d percent is %s", (value, cells) => {
  expect(bar(value)).toBe(cells);
});

test("a sparkline draws every number, and a gap only where there is none", () => {
  expect(sparkline([0.6, 38.5, null, 20], 10)).toBe("▁█ ▅");
  expect(sparkline([-5, 10], 10)).toBe("▁█");
  for (let least = 0; least < 10; least += 0.1) expect(sparkline([least, 38.5], 10)).toBe("▁█");
});

test("noise is a thin and flat line", () => {
  expect(sparkline([50, 51, 50], 10)).toBe("▁▁▁");
  expect(sparkline([0, 1, 0], 10)).toBe("▁▁▁");
});

test.each([
  [0, "0.00B"],
  [999, "999.00B"],
  [1000, "1.00KB"],
  [1230, "1.23KB"],
  [1235, "1.24KB"],
  [518_800_000, "518.80MB"],
  [25_280_000_000, "25.28GB"],
  [187_600_000_000, "187.60GB"],
  [6_016_638_976, "6.02GB"],
  [2_242_838_528, "2.24GB"],
  [1_099_511_627_776, "1.10TB"],
  [1.5e15, "1.50PB"],
  [2e18, "2.00EB"],
])("the original wrote %d bytes as %s", (bytes, text) => {
  expect(classicBytes(bytes)).toBe(text);
});

test("the original's time is month, day and time of day, in the time zone that is wanted", () => {
  const at = new Date("2026-07-10T12:38:48Z");
  expect(classicTime(at, "Asia/Tokyo")).toBe("07/10 21:38:48");
  expect(classicTime(new Date("2026-07-10T00:00:00Z"), "UTC")).toBe("07/10 00:00:00");
  expect(classicTime(at, null)).toMatch(/^07\/1[01] \d\d:38:48$/);
});

test("line breaks, escape sequences and direction marks of a name do not act", () => {
  expect(printable("a\nb\u001B[31mc\u202Ed\u2028e\u0000f ü 🚀")).toBe("a�b�[31mc�d�e�f ü 🚀");
});

test("JSON has nothing that could act on a terminal, and is the same when it is parsed", () => {
  const name = "a\u009B31m\u202E\u200B\u2028\u{E0001}é漢";
  const text = jsonText({ name });
  expect(text).toBe('{\n  "name": "a\\u009b31m\\u202e\\u200b\\u2028\\udb40\\udc01é漢"\n}\n');
  expect(JSON.parse(text)).toEqual({ name });
});
