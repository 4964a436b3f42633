import { expect, test } from "bun:test";

import type { KnownObservation } from "../../lib/metrics/index.ts";
import { type Labels, observationKey, observations } from "../../lib/model/observation.ts";
import { forecastStorage } from "../../lib/past/forecast.ts";
import { activeRule } from "../../lib/settings/alerts.ts";

const thresholdsFor = (labels: Labels) => activeRule("storage_full_soon", {})?.thresholdsFor(labels) ?? null;
const hourMs = 3_600_000;
const nowMs = Date.parse("2026-07-10T12:00:00Z");

const disk = (used: number, mount = "/", readOnly = 0): readonly KnownObservation[] =>
  observations(
    "storage",
    {
      used_percent: used,
      available_bytes: (100 - used) * 1e9,
      read_only: readOnly,
    },
    { mount },
  );

/** Hours until full, of a disk that was so full at so many hours ago; runs every half hour, or as told. */
function hoursUntilFull(usedAt: (hoursAgo: number) => number, { since = 48, every = 0.5, readOnly = 0 } = {}) {
  const times = Array.from({ length: Math.floor(since / every) }, (_, index) => since - index * every);
  const past = times.map((hoursAgo) => ({
    atMs: nowMs - hoursAgo * hourMs,
    numbers: new Map(disk(usedAt(hoursAgo)).map((one) => [observationKey(one), one.value])),
  }));
  return forecastStorage(disk(usedAt(0), "/", readOnly), past, nowMs, thresholdsFor)[0]?.value ?? null;
}

test("a disk that fills by two points of percent an hour is full when it reaches a hundred", () => {
  expect(hoursUntilFull((ago) => Math.max(40, 80 - 2 * ago))).toBeCloseTo(10);
});

test.each([0.5, 1 / 60, 1])("the forecast is the same from runs every %d hours", (every) => {
  expect(hoursUntilFull((ago) => Math.max(40, 80 - 2 * ago), { every })).toBeCloseTo(10);
});

test("below the level from which the rule counts it is never soon", () => {
  expect(hoursUntilFull((ago) => Math.max(0, 79 - 10 * ago))).toBeCloseTo(2.1);
  expect(hoursUntilFull((ago) => Math.max(0, 59 - 9 * ago))).toBe(31 * 24);
});

test("one that stays, is emptied, fills slowly or is read-only is not full within a month", () => {
  expect(hoursUntilFull(() => 90)).toBe(31 * 24);
  expect(hoursUntilFull((ago) => 70 + ago / 4)).toBe(31 * 24);
  expect(hoursUntilFull((ago) => 90 - ago / 100)).toBe(31 * 24);
  expect(hoursUntilFull((ago) => 90 - 2 * ago, { since: 12, readOnly: 1 })).toBe(31 * 24);
});

test("five hours and six points are the least that it is made from", () => {
  const fills = (ago: number) => 80 - 2 * ago;
  expect(hoursUntilFull(fills, { since: 4.5 })).toBeNull();
  expect(hoursUntilFull(fills, { since: 4.5, every: 1 / 60 })).toBeNull();
  expect(hoursUntilFull(fills, { since: 6, every: 1.5 })).toBeNull();
  expect(hoursUntilFull(fills, { since: 5, every: 1 })).toBeCloseTo(10);
});

test("a step says nothing: a backup was written, or a file was copied", () => {
  expect(hoursUntilFull((ago) => (ago < 1 ? 82 : 64))).toBeNull();
  expect(hoursUntilFull((ago) => (ago < 3 ? 82 : 64))).toBeNull();
  expect(hoursUntilFull((ago) => (ago < 2 ? 82 - 9 * ago : 64))).toBeNull();
});

test("a rise to where the disk was yesterday, and came back from, says nothing", () => {
  const daily = (ago: number) => 80 - (ago % 24);
  expect(hoursUntilFull(daily)).toBeNull();
  expect(hoursUntilFull((ago) => (ago < 24 ? daily(ago) + 3 : daily(ago)))).toBeCloseTo(17);
});

test("each disk has its own past, and one without a past has no forecast", () => {
  const past = Array.from({ length: 12 }, (_, index) => ({
    atMs: nowMs - (6 - index / 2) * hourMs + 1,
    numbers: new Map(disk(68 + index).map((one) => [observationKey(one), one.value])),
  }));
  const all = forecastStorage([...disk(80), ...disk(80, "/srv")], past, nowMs, thresholdsFor);
  expect(all.map(({ labels }) => labels["mount"])).toEqual(["/"]);
});

test("points of a clock that was ahead do not count", () => {
  expect(hoursUntilFull((ago) => 80 - 2 * ago, { since: -1 })).toBeNull();
  const ahead = [{ atMs: nowMs + hourMs, numbers: new Map([['storage_available_bytes{mount="/"}', 1]]) }];
  expect(forecastStorage(disk(80), ahead, nowMs, thresholdsFor)).toEqual([]);
});
