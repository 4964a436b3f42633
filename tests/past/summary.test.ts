import { expect, test } from "bun:test";

import { courseOf, type Sample, sampleOf, summariesOf } from "../../lib/past/summary.ts";
import { keyMetric } from "../../lib/past/keyMetrics.ts";

const hourMs = 3_600_000;
const key = "memory_used_percent";
const memory = keyMetric({ name: key, labels: {} });
if (memory === null) throw new Error("memory is no key metric");

const run = (hour: number, value: number) => sampleOf({ atMs: hour * hourMs, numbers: new Map([[key, value]]) });

const summaryOf = (samples: readonly Sample[], fromMs: number, toMs: number) =>
  summariesOf(courseOf([memory], samples), fromMs, toMs)[0] ?? null;

test("a course has the extremes with their times, the average and the last", () => {
  expect(summaryOf([run(1, 40), run(2, 70), run(3, 10), run(4, 20)], 0, 4 * hourMs)).toMatchObject({
    key,
    runs: 4,
    minimum: { value: 10, atMs: 3 * hourMs },
    average: 35,
    maximum: { value: 70, atMs: 2 * hourMs },
    last: { value: 20, atMs: 4 * hourMs },
  });
});

test("an hour counts as many times as it has runs, and with what it had at the least and at the most", () => {
  const spread = { minimum: 5, average: 10, maximum: 95, runs: 3 };
  const hour = { atMs: 0, runs: 3, numbers: new Map([[key, spread]]) };
  expect(summaryOf([hour, run(1, 50)], 0, hourMs)).toMatchObject({
    runs: 4,
    minimum: { value: 5 },
    average: 20,
    maximum: { value: 95 },
  });
});

test("what was not measured in that time has no course", () => {
  expect(summaryOf([sampleOf({ atMs: 0, numbers: new Map([["load_1m", 1]]) })], 0, hourMs)).toBeNull();
});

test("the cells reach over the whole time, and a time without runs is a gap in them", () => {
  const runs = [0, 1, 2, 3, 12, 13, 14, 15].map((hour) => run(hour, hour));
  const buckets = summaryOf(runs, -8 * hourMs, 16 * hourMs)?.buckets ?? [];
  expect(buckets.slice(0, 4)).toEqual([null, null, null, null]);
  expect(buckets.at(-1)).toBeGreaterThanOrEqual(14);
  expect(buckets.slice(buckets.indexOf(3), -3)).toContain(null);
});
