import { expect, test } from "bun:test";

import { localTime } from "../lib/localTime.ts";

const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();

test.each(["2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z", "2026-12-31T23:59:00Z", "2026-01-02T03:04:05Z"])(
  "at %s the machine's own zone shows what it shows by its name",
  (time) => {
    expect(localTime(Date.parse(time), null)).toEqual(localTime(Date.parse(time), timeZone));
  },
);

test("a named zone has a clock and a day of its own", () => {
  expect(localTime(Date.parse("2026-07-10T15:30:00Z"), "Asia/Tokyo")).toEqual({
    day: "2026-07-11",
    hour: 0,
    minute: 30,
  });
});
