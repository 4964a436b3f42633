import { expect, test } from "bun:test";

import { chartOf, isCharted, type Series } from "../../lib/past/chart.ts";
import { curve, numberScale, timeScale } from "../../lib/render/chart/svg.ts";
import { days } from "../support/day.ts";
import { probeOf } from "../support/probes.ts";

const settings = { timezone: null, units: "iec" } as const;
const minuteMs = 60_000;

test("a chart shows CPU, memory, the fullest disk, and what goes in and out of the busiest interface", () => {
  const { shares, network } = chartOf(days.ordinary, settings);
  const what = ({ name, of }: Series) => [name, of];
  expect(shares.map(what)).toEqual([
    ["cpu", ""],
    ["memory", ""],
    ["disk", "/"],
  ]);
  expect(network.map(what)).toEqual([
    ["received", "eth0"],
    ["sent", "eth0"],
  ]);
  expect(chartOf(days["hostile names"], settings).network.map(what)).toEqual([["received", "enx001122334455"]]);
});

test("what the machine does not have is not in its chart", () => {
  expect(chartOf(days["no network"], settings).network).toEqual([]);
  expect(chartOf({ ...days.ordinary, runs: [] }, settings)).toMatchObject({ shares: [], network: [] });
});

test("only runs and incidents of the time are shown", () => {
  const [fromMs, toMs] = days.ordinary.span;
  const lastHour = { ...days.ordinary, span: [toMs - 60 * minuteMs, toMs] } as const;
  const { shares, incidents } = chartOf(lastHour, settings);
  expect(shares[0]?.points).toHaveLength(3);
  expect(incidents).toEqual([]);
  expect(chartOf({ ...days.gap, span: [fromMs, toMs] }, settings).incidents).toHaveLength(2);
});

test("where runs are missing there is a gap, at either end, too", () => {
  const [fromMs, toMs] = days.gap.span;
  const runAt = (index: number) => fromMs + index * 30 * minuteMs;
  expect(chartOf(days.gap, settings).gaps).toEqual([
    [runAt(3), runAt(5)],
    [runAt(11), runAt(23)],
  ]);
  expect(chartOf({ ...days.gap, span: [fromMs, toMs + 90 * minuteMs] }, settings).gaps).toHaveLength(3);
  expect(chartOf(days["first hour"], settings).gaps).toEqual([[fromMs, runAt(46)]]);
});

test("a machine that is looked at each minute, or whose cron is late at times, has no gaps of its own", () => {
  const [fromMs, toMs] = days.ordinary.span;
  const every = (ms: number, late: number) =>
    Array.from({ length: Math.floor((toMs - fromMs) / ms) }, (_, run) => ({
      atMs: fromMs + run * ms + (run % 7 === 0 ? late : 0),
      numbers: new Map([["memory_used_percent", 50]]),
    }));
  expect(chartOf({ ...days.ordinary, runs: every(minuteMs, 0) }, settings).gaps).toEqual([]);
  expect(chartOf({ ...days.ordinary, runs: every(30 * minuteMs, 20 * minuteMs) }, settings).gaps).toEqual([]);
});

test("no line crosses a gap, nor a time at which the number was not measured; a lonely point is a dot", () => {
  const points = [10, 20, null, 30, 40, 50].map((value, index) => ({ atMs: index, value }));
  const drawn = (gaps: readonly (readonly [number, number])[]) =>
    curve(
      { name: "cpu", of: "", key: "cpu_busy_percent", points },
      gaps,
      timeScale([0, 5], { left: 0, right: 5, top: 0, bottom: 0 }),
      numberScale(50, { left: 0, right: 0, top: 0, bottom: 50 }),
    );
  expect(drawn([])).toContain('d="M0,40L1,30M3,20L4,10L5,0"');
  expect(drawn([[4, 5]])).toContain('d="M0,40L1,30M3,20L4,10M5,0Z"');
});

test("a number of the owner's that is to be charted has a panel of its own, by its check's first number", () => {
  const runs = days.ordinary.runs.map(({ atMs, numbers }, index) => {
    const own = [
      ['probe_value{probe="Queue",number="b"}', 1],
      ['probe_value{probe="Queue",uom="seconds"}', index],
    ] as const;
    return { atMs, numbers: new Map([...numbers, ...own]) };
  });
  const probes = [probeOf({ name: "Queue", run: ["/x"], chart: true }), probeOf({ name: "Other", run: ["/x"] })];
  const { own } = chartOf({ ...days.ordinary, runs }, { ...settings, probes });
  expect(own).toMatchObject([{ name: "own", of: "Queue", key: 'probe_value{probe="Queue",uom="seconds"}' }]);
  expect(own[0]?.points.at(-1)?.value).toBe(runs.length - 1);
  expect(chartOf({ ...days.ordinary, runs }, settings).own).toEqual([]);
  expect(isCharted('probe_value{probe="Queue"}')).toBe(true);
});
