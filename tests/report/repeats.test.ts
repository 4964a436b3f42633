import { expect, test } from "bun:test";

import type { Transition } from "../../lib/alerts/alert.ts";
import type { Event } from "../../lib/alerts/events.ts";
import { afterTelling, type Told, withoutRepeats } from "../../lib/report/repeats.ts";
import { en } from "../../lib/words/en.ts";

const minuteMs = 60_000;
const start = Date.parse("2026-08-01T12:00:00Z");
const nothing: Told = { news: {}, cardMs: null, anythingMs: null };

const disk = (mount: string, to: Transition["to"] = "critical"): Transition => ({
  kind: to === null ? "recovered" : "raised",
  rule: "storage_used",
  labels: { mount },
  from: null,
  to,
  value: 97,
  threshold: 95,
  sinceMs: start,
  untilMs: start,
});
const killed: Event = { kind: "killed", severity: "critical", count: 1 };
const silent: Event = { kind: "silent", severity: "notice", fromMs: 0, toMs: start, seconds: 60 };

/** Looks, minutes after the start, to which all of this is new each time; what they told, and whether they mention anybody. */
function looks(times: readonly number[], transitions: readonly Transition[], events: readonly Event[] = []) {
  let told = nothing;
  return times.map((minutes) => {
    const nowMs = start + minutes * minuteMs;
    const news = { name: "vps", nowMs, transitions, events, reasons: [], words: en };
    const { announcement, mentions } = withoutRepeats(news, told, nowMs, 30 * minuteMs);
    told = afterTelling(told, announcement, false, nowMs);
    const count = (announcement?.transitions.length ?? 0) + (announcement?.events.length ?? 0);
    return count === 0 ? "" : `${count}${mentions ? " @" : ""}`;
  });
}

const everyFive = Array.from({ length: 12 }, (_, look) => look * 5);

test("what lasts is told once in each slot of the clock, and mentions somebody the first time", () => {
  expect(looks(everyFive, [disk("/")])).toEqual(["1 @", "", "", "", "", "", "1", "", "", "", "", ""]);
});

test("what is over, and what happened, is told once", () => {
  expect(looks(everyFive, [disk("/", null)], [killed]).filter(Boolean)).toEqual(["2 @"]);
});

test("a warning mentions nobody", () => {
  expect(looks([0, 30], [disk("/", "warning")])).toEqual(["1", "1"]);
});

test("silence is told only by the first run that was without a state", () => {
  expect(looks([0, 1500], [], [silent])).toEqual(["1", "1"]);
  expect(looks([0, 40], [disk("/")], [silent])).toEqual(["2 @", "1"]);
});

test("what comes on top is told at once, and with a mention", () => {
  const told = afterTelling(
    nothing,
    { name: "", nowMs: start, transitions: [disk("/")], events: [], reasons: [], words: en },
    true,
    start,
  );
  const both = { name: "", nowMs: start, transitions: [disk("/"), disk("/srv")], events: [], reasons: [], words: en };
  const { announcement, mentions } = withoutRepeats(both, told, start + minuteMs, 30 * minuteMs);
  expect(announcement?.transitions).toEqual([disk("/srv")]);
  expect(mentions).toBe(true);
  expect(told.cardMs).toBe(start);
});

test("a clock that was set back makes all of it new", () => {
  expect(looks([60, 0], [disk("/")])).toEqual(["1 @", "1 @"]);
});
