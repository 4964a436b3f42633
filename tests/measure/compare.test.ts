import { describe, expect, test } from "bun:test";

import { compare, keepPossible, observe } from "../../lib/measure/compare.ts";
import { definitions } from "../../lib/metrics/index.ts";
import type { Definition } from "../../lib/model/observation.ts";
import { known } from "../support/known.ts";
import { readings } from "../support/readings.ts";

const ticks = { user: 100, nice: 0, system: 0, idle: 900, iowait: 0, irq: 0, softirq: 0, steal: 0, guest: 0, cores: 1 };

function snapshot(bootId: string | null, uptimeSeconds: number | null, takenAtMs = 0) {
  return { takenAtMs, readings: readings({ host: { bootId, uptimeSeconds }, cpu: ticks }) };
}

test("the last report of the same boot is compared with, over the growth of the uptime", () => {
  const { report } = compare(snapshot("a", 2800), null, snapshot("a", 1000)).earlier("cpu");
  expect(report).toEqual({ before: ticks, seconds: 1800 });
});

test("the wall clock does not count, because it may have been set", () => {
  const { report } = compare(snapshot("a", 2800, -5_000_000), null, snapshot("a", 1000, 9e12)).earlier("cpu");
  expect(report?.seconds).toBe(1800);
});

test.each([
  ["another boot", snapshot("a", 1000)],
  ["an unknown boot", snapshot(null, 1000)],
  ["an unknown uptime", snapshot("b", null)],
  ["a later uptime", snapshot("b", 3000)],
  ["the same moment", snapshot("b", 2800)],
])("the last report of %s says nothing", (_, before) => {
  expect(compare(snapshot("b", 2800), null, before).earlier("cpu").report).toBeNull();
});

test("a first report has nothing to be compared with", () => {
  expect(compare(snapshot("a", 1), null, null).earlier("cpu")).toEqual({ sample: null, report: null });
});

test("the start of the sample window is compared with, when the metric was read there", () => {
  const sample = { readings: { cpu: { status: "ok", value: ticks } }, seconds: 0.5 } as const;
  const { earlier } = compare(snapshot("a", 1), sample, null);
  expect(earlier("cpu").sample).toEqual({ before: ticks, seconds: 0.5 });
  expect(earlier("memory").sample).toBeNull();
});

test("what could not be read then is nothing to compare with", () => {
  const before = { takenAtMs: 0, readings: readings({ host: { bootId: "a", uptimeSeconds: 1 } }) };
  expect(compare(snapshot("a", 2), null, before).earlier("cpu").report).toBeNull();
});

describe("a number that cannot be true is not observed", () => {
  const passes = (name: string, value: number) => keepPossible(known([{ name, labels: {}, value }])).length === 1;

  test.each([NaN, Infinity, -Infinity])("%p, whatever it counts", (value) => {
    for (const name of definitions.keys()) expect(passes(name, value)).toBe(false);
  });

  test("what counts, lasts or has a size is not negative", () => {
    const may = ({ unit, isOwn }: Definition) => unit === "celsius" || unit === "days" || isOwn === true;
    for (const [name, definition] of definitions) expect(passes(name, -1)).toBe(may(definition));
  });

  test("a share is at most 100 %, except of what can pass more than once", () => {
    const beyond = [...definitions].filter(([name, { unit }]) => unit === "percent" && passes(name, 100.1));
    expect(beyond.map(([name]) => name)).toEqual(["vmstat_swap_traffic_percent", "traffic_used_percent"]);
    for (const name of definitions.keys()) expect(passes(name, 100)).toBe(true);
  });

  test("nothing is colder than absolute zero", () => {
    expect(passes("temperature_celsius", -273.15)).toBe(true);
    expect(passes("temperature_celsius", -274)).toBe(false);
  });

  test("it holds for what a metric makes of its readings", () => {
    const now = { takenAtMs: 0, readings: readings({ openFiles: { open: NaN, limit: -5 } }) };
    expect(observe(now, compare(now, null, null)).map(({ name }) => name)).toEqual(["uptime_seconds"]);
  });
});
