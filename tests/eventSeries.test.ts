import { expect, test } from "bun:test";

import { type EventSeries, limitEvents } from "../lib/eventSeries.ts";
import type { Event } from "../lib/events.ts";

const hourMs = 3_600_000;
const reminders = { warning: 24 * hourMs, critical: 12 * hourMs };
const killed: Event = { kind: "killed", severity: "critical", text: "1 process was killed for lack of memory" };

/** How many of the events at these hours are told. */
function toldAt(hours: readonly number[], event = killed): readonly number[] {
  let series: EventSeries = {};
  return hours.filter((hour) => {
    const limited = limitEvents([event], series, reminders, hour * hourMs);
    series = limited.series;
    return limited.told.length > 0;
  });
}

test("the first three of a series are told, then one as often as a trouble that lasts", () => {
  expect(toldAt([0, 1, 2, 3, 4, 6, 8, 10, 12, 13, 14, 15])).toEqual([0, 1, 2, 14]);
});

test("what happens after a pause of three hours is news again", () => {
  expect(toldAt([0, 1, 2, 2.5, 5.5])).toEqual([0, 1, 2, 5.5]);
});

test("units fail each by itself", () => {
  const failed = (unit: string): Event => ({ kind: "unitFailed", severity: "critical", text: `${unit} failed` });
  const many = ["a", "b", "c", "d", "e"].map(failed);
  expect(limitEvents(many, {}, reminders, 0).told).toHaveLength(5);
});

test("a time that is still to come, of a clock that was set back, does not end the series", () => {
  const series = { killed: { count: 3, lastMs: 90 * hourMs, saidMs: 90 * hourMs } };
  expect(limitEvents([killed], series, reminders, 5 * hourMs).told).toEqual([]);
});
