import { expect, test } from "bun:test";

import { createFormat, sparkline } from "../../lib/format.ts";
import { keysForTrends } from "../../lib/past/keyMetrics.ts";
import { coarsen } from "../../lib/past/series.ts";
import { findTrends, type Remark, remarkText } from "../../lib/past/trend.ts";
import { en } from "../../lib/words/en.ts";

const hourMs = 3_600_000;
const nowMs = 100 * 24 * hourMs;
const key = "memory_used_percent";

/** The trend of memory, from runs so many hours ago, with the values that `valueAt` gives. */
function trendOf(hoursAgo: readonly number[], valueAt: (hour: number) => number) {
  const runs = hoursAgo.map((hour) => ({ atMs: nowMs - hour * hourMs, numbers: new Map([[key, valueAt(hour)]]) }));
  const observations = [{ name: key, labels: {}, value: valueAt(0) }];
  return findTrends({ observations, runs, hours: [], nowMs }).get(key);
}

const halfHours = (from: number) => Array.from({ length: from * 2 }, (_, index) => from - index / 2);

test("there is no trend before there are six points over six hours", () => {
  expect(trendOf(halfHours(5), () => 50)).toBeUndefined();
  expect(trendOf([7, 3], () => 50)).toBeUndefined();
  expect(trendOf(halfHours(7), () => 50)).toMatchObject({ hours: 7, average: 50 });
});

test("a time without reports is a gap, and not joined", () => {
  const trend = trendOf([...halfHours(24).slice(0, 20), ...halfHours(6)], () => 50);
  expect(trend?.buckets).toContain(null);
  expect(sparkline(trend?.buckets ?? [], 10)).toMatch(/^▁+ +▁+$/);
});

test("a peak that stands out is told with its time, a flat day is not", () => {
  const peak = trendOf(halfHours(24), (hour) => (hour === 8 ? 92 : 30));
  expect(peak?.remarks).toEqual([{ kind: "peak", value: 92, atMs: nowMs - 8 * hourMs }]);
  expect(trendOf(halfHours(24), () => 30)?.remarks).toEqual([]);
});

test("after a reboot, when the CPU was only sampled, it still has a yesterday", () => {
  const cpu = 'cpu_busy_percent{window="report"}';
  const runs = halfHours(24).map((hour) => ({ atMs: nowMs - hour * hourMs, numbers: new Map([[cpu, 30]]) }));
  const observations = [{ name: "cpu_busy_percent", labels: { window: "sample" }, value: 99 }];
  const trend = findTrends({ observations, runs, hours: [], nowMs }).get(cpu);
  expect(trend).toMatchObject({ average: 30, maximum: { value: 30 }, remarks: [] });
  expect([...keysForTrends(observations)]).toEqual([cpu]);
});

test("a disk that fills faster by now than for days is full when its alert says", () => {
  const labels = { mount: "/" };
  const used = 'storage_used_percent{mount="/"}';
  const runs = halfHours(24).map((hour) => ({ atMs: nowMs - hour * hourMs, numbers: new Map([[used, 80]]) }));
  const before = {
    startMs: nowMs - 24 * hourMs,
    numbers: new Map([['storage_used_bytes{mount="/"}', { average: 70e9 }]]),
  };
  const fullIn = (forecast: number) => {
    const numbers = {
      storage_used_percent: 80,
      storage_used_bytes: 80e9,
      storage_available_bytes: 20e9,
      storage_full_in_hours: forecast,
    };
    const observations = Object.entries(numbers).map(([name, value]) => ({ name, labels, value }));
    return findTrends({ observations, runs, hours: [before], nowMs }).get(used);
  };
  expect(fullIn(3.4)).toMatchObject({ fullInHours: 3.4, remarks: [{ kind: "fullIn", hours: 3.4 }] });
  expect(fullIn(744)).toMatchObject({ fullInHours: 48, remarks: [{ kind: "fullIn", hours: 48 }] });
});

test("less room makes coarser cells, the last of which still ends now", () => {
  expect(coarsen([1, 1, 3, 3, 5], 3)).toEqual([1, 2, 4]);
  expect(coarsen([1, null, 3], 3)).toEqual([1, null, 3]);
});

test.each<[Remark, string]>([
  [{ kind: "fullIn", hours: 3.4 }, "full in about 3 h"],
  [{ kind: "fullIn", hours: 0.2 }, "full in about 1 h"],
  [{ kind: "fullIn", hours: 48 }, "full in about 2 days"],
  [{ kind: "change", bytes: 1.2e9 }, "+1.20 GB in 24 h"],
  [{ kind: "change", bytes: -1.2e9 }, "−1.20 GB in 24 h"],
  [{ kind: "peak", value: 92, atMs: 7 }, "peak 92 % at 7"],
  [{ kind: "low", value: 4, atMs: 7 }, "low 4.0 % at 7"],
])("%j is %s", (remark, text) => {
  expect(remarkText("memory_used_percent", remark, en, createFormat("si"), String)).toBe(text);
});
