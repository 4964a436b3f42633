import { expect, test } from "bun:test";

import { type Event, type EventSeries, limitEvents } from "../../lib/alerts/events.ts";
import { eventDetails, eventNews } from "../../lib/alerts/text.ts";
import { en } from "../../lib/words/en.ts";

const hourMs = 3_600_000;
const reminders = { warning: 24 * hourMs, critical: 12 * hourMs };
const killed: Event = { kind: "killed", severity: "critical", count: 1 };

/** How many of the events at these hours are told. */
function toldAt(hours: readonly number[], event = killed): readonly number[] {
  let series: EventSeries = {};
  return hours.filter((hour) => {
    const limited = limitEvents([event], series, reminders, hour * hourMs);
    series = limited.series;
    return limited.shown.length > 0;
  });
}

test("the first three of a series are told, then one as often as an incident that lasts", () => {
  expect(toldAt([0, 1, 2, 3, 4, 6, 8, 10, 12, 13, 14, 15])).toEqual([0, 1, 2, 14]);
});

test("what happens after a pause of three hours is news again", () => {
  expect(toldAt([0, 1, 2, 2.5, 5.5])).toEqual([0, 1, 2, 5.5]);
});

test("the third says that more will be quiet, and until when; so does each one that reminds", () => {
  const before = (count: number, saidMs: number) => ({ killed: { count, lastMs: hourMs, saidMs } });
  const told = (series: EventSeries, hour: number, often = reminders) =>
    limitEvents([killed], series, often, hour * hourMs).shown;
  expect(told(before(1, hourMs), 2)).toEqual([killed]);
  const third = told(before(2, hourMs), 2);
  expect(third).toEqual([{ ...killed, repeated: { count: 3, quietHours: 3, againMs: 14 * hourMs } }]);
  expect(third.map((event) => eventNews(event, en))).toEqual(["out of memory, 1 process killed (3 in a row)"]);
  expect(third.flatMap((event) => eventDetails(event, en, (ms) => `{${ms}}`))).toEqual([
    `quiet until 3 h pass without one, or until {${14 * hourMs}}`,
  ]);
  expect(told(before(40, -10 * hourMs), 2)).toMatchObject([{ repeated: { count: 41 } }]);
  const never = told(before(2, hourMs), 2, { warning: 0, critical: 0 });
  expect(never.flatMap((event) => eventDetails(event, en, String))).toEqual(["quiet until 3 h pass without one"]);
});

test("a time that is still to come, of a clock that was set back, does not end the series", () => {
  const series = { killed: { count: 3, lastMs: 90 * hourMs, saidMs: 90 * hourMs } };
  expect(limitEvents([killed], series, reminders, 5 * hourMs).shown).toEqual([]);
});
