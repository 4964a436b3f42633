import { expect, test } from "bun:test";

import { clockMovedMs, findEvents } from "../../lib/alerts/events.ts";
import { eventDetails, eventNews } from "../../lib/alerts/text.ts";
import type { Observation } from "../../lib/model/observation.ts";
import { en } from "../../lib/words/en.ts";
import { readings } from "../support/readings.ts";
import { known } from "../support/known.ts";

const hour = 3_600_000;
const noon = Date.parse("2026-07-10T12:00:00Z");

interface Facts {
  readonly atMs: number;
  readonly boot?: string | null;
  readonly up?: number;
}

function snapshot({ atMs, boot = "a", up = 100 * 3600 + (atMs - noon) / 1000 }: Facts) {
  return { takenAtMs: atMs, readings: readings({ host: { bootId: boot, uptimeSeconds: up } }) };
}

/** What is told of a run at `now` after one at `last`; runs are half an hour apart. */
function told(now: Facts, last: Facts | null, observations: readonly Observation[] = []) {
  const kept = last === null ? null : snapshot(last);
  const events = findEvents({
    now: snapshot(now),
    last: kept,
    observations: known(observations),
    usualGapSeconds: 1800,
  });
  return events.map((event) => [eventNews(event, en), ...eventDetails(event, en, (ms) => `{${ms}}`)].join(": "));
}

test("after an ordinary half hour nothing is told, and neither is at the first run", () => {
  expect(told({ atMs: noon + hour / 2 }, { atMs: noon })).toEqual([]);
  expect(told({ atMs: noon }, null)).toEqual([]);
});

test("a machine that was off says between which times", () => {
  const events = told({ atMs: noon + 3 * hour, boot: "b", up: 60 }, { atMs: noon });
  expect(events).toEqual([
    `rebooted, down at most 2 h 59 min: down between {${noon}} and {${noon + 3 * hour - 60_000}}`,
  ]);
});

test("a container that was started anew has its host's boot id, and has rebooted all the same", () => {
  const [now, last] = [{ atMs: noon + hour / 2, up: 60 }, { atMs: noon }];
  expect(told(now, last)).toEqual([
    `rebooted, down at most 29 min: down between {${noon}} and {${noon + hour / 2 - 60_000}}`,
  ]);
  expect(clockMovedMs(snapshot(now), snapshot(last))).toBe(0);
});

test("a clock that was set back while the machine was off does not turn the times around", () => {
  const events = told({ atMs: noon - hour, boot: "b", up: 60 }, { atMs: noon });
  expect(events).toEqual([`rebooted: down until {${noon - hour - 60_000}}`]);
});

test("a machine whose cron was stopped is not called down", () => {
  const [now, last] = [noon + 6 * hour, noon];
  expect(told({ atMs: now }, { atMs: last })).toEqual([
    `no reports for 6 h: server was up, nothing ran {${last}} to {${now}}`,
  ]);
});

test("a run or two that did not come are no news, and neither is a gap when it is not known what is usual", () => {
  expect(told({ atMs: noon + 1.5 * hour }, { atMs: noon })).toEqual([]);
  const now = snapshot({ atMs: noon + 6 * hour });
  const input = { now, last: snapshot({ atMs: noon }), observations: [], usualGapSeconds: null };
  expect(findEvents(input)).toEqual([]);
});

test.each([
  ["forward by 2 h", 2 * hour],
  ["back by 3 d 1 h", -73 * hour],
])("a clock that was moved %s says so", (words, movedMs) => {
  const atMs = noon + hour / 2 + movedMs;
  const now = { atMs, up: 100 * 3600 + 1800 };
  expect(told(now, { atMs: noon })).toEqual([`clock set ${words}`]);
  expect(clockMovedMs(snapshot(now), snapshot({ atMs: noon }))).toBe(movedMs);
});

test("a clock that drifted or was corrected a little did not move", () => {
  const now = { atMs: noon + hour / 2 + 90_000, up: 100 * 3600 + 1800 };
  expect(told(now, { atMs: noon })).toEqual([]);
  expect(clockMovedMs(snapshot(now), snapshot({ atMs: noon }))).toBe(0);
});

test("where the kernel does not name its boot, nothing is guessed", () => {
  expect(told({ atMs: noon + 9 * hour, boot: null }, { atMs: noon, boot: null })).toEqual([]);
});

test("what was killed for lack of memory is counted", () => {
  const kills = (value: number) => [{ name: "vmstat_oom_kills", labels: { window: "report" }, value }];
  const [now, last] = [{ atMs: noon + hour / 2 }, { atMs: noon }];
  expect(told(now, last, kills(0))).toEqual([]);
  expect(told(now, last, kills(1))).toEqual(["out of memory, 1 process killed"]);
  expect(told(now, last, kills(3))).toEqual(["out of memory, 3 processes killed"]);
});
