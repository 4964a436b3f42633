import { expect, test } from "bun:test";

import * as v from "valibot";

import type { Transition } from "../../lib/alerts/alert.ts";
import { newTarget } from "../../lib/alerts/state.ts";
import { followIncidents, type Incident, Incidents, incidentText } from "../../lib/alerts/incidents.ts";
import { en } from "../../lib/words/en.ts";

const minuteMs = 60_000;
const nowMs = Date.parse("2026-08-01T12:00:00Z");
const target = 'storage_used storage_pressing_percent{mount="/"}';

const disk = { rule: "storage_used", labels: { mount: "/" } } as const;

const transition = (more: Partial<Transition>): Transition => ({
  kind: "raised",
  ...disk,
  from: null,
  to: "warning",
  value: 88,
  threshold: 85,
  sinceMs: nowMs - 60 * minuteMs,
  untilMs: nowMs,
  ...more,
});

const follow = (known: readonly Incident[], transitions: readonly Transition[], said: "warning" | null = "warning") =>
  followIncidents(known, transitions, { [target]: { ...newTarget(nowMs), said } }, nowMs);

const raised = follow([], [transition({})]);

test("what is raised lasts until it recovers", () => {
  expect(raised).toEqual([
    { target, fromMs: nowMs - 60 * minuteMs, toMs: null, severity: "warning", ...disk, value: 88 },
  ]);
  const recovered = transition({ kind: "recovered", from: "warning", to: null, value: 70, untilMs: nowMs });
  expect(follow(raised, [recovered], null)).toMatchObject([{ toMs: nowMs, severity: "warning", ...disk, value: 88 }]);
});

test("an incident is told by its worst", () => {
  const worse = follow(raised, [transition({ kind: "worse", from: "warning", to: "critical", value: 97 })]);
  expect(worse).toMatchObject([{ severity: "critical", value: 97 }]);
  const better = follow(worse, [transition({ kind: "better", from: "critical", value: 90 })]);
  expect(better).toMatchObject([{ severity: "critical", value: 97, toMs: null }]);
});

test("what recovers and comes back is another incident", () => {
  const recovered = transition({ kind: "recovered", from: "warning", to: null });
  expect(follow(raised, [recovered, transition({ sinceMs: nowMs })])).toHaveLength(2);
});

test("an incident that lasts is kept for as long as it does, and one that is over for the week of a review", () => {
  const [one] = raised;
  if (one === undefined) throw new Error("nothing was raised");
  const old = { ...one, fromMs: nowMs - 40 * 24 * 60 * minuteMs };
  expect(follow([old], [])).toEqual([old]);
  const over = (hoursAgo: number) => ({ ...one, toMs: nowMs - hoursAgo * 60 * minuteMs });
  expect(follow([over(191), over(193)], [])).toEqual([over(191)]);
});

test("an incident of what was taken away is forgotten with its alert state", () => {
  expect(followIncidents(raised, [], {}, nowMs)).toEqual([]);
});

test("of hundreds in a day the last are kept", () => {
  const mounts = Array.from({ length: 300 }, (_, index) => `/${index}`);
  const raise = (mount: string) => transition({ labels: { mount } });
  const state = { ...newTarget(nowMs), said: "warning" } as const;
  const keyOf = (mount: string) => target.replace('"/"', JSON.stringify(mount));
  const states = Object.fromEntries(mounts.map((mount) => [keyOf(mount), state]));
  const kept = followIncidents([], mounts.map(raise), states, nowMs);
  expect(kept).toHaveLength(200);
  expect(kept.at(-1)).toMatchObject({ labels: { mount: "/299" }, value: 88 });
});

test("what version 0.1.0 remembers is told as it was written, until it is over", () => {
  const old = { target, fromMs: nowMs - 60 * minuteMs, toMs: null, severity: "warning", text: "disk / 88 % full" };
  const [known] = v.parse(Incidents, [old]);
  if (known === undefined) throw new Error("it was forgotten");
  expect(incidentText(known, en)).toBe("disk / 88 % full");
  const recovered = transition({ kind: "recovered", from: "warning", to: null, value: 70, untilMs: nowMs });
  expect(follow([known], [recovered], null)).toEqual([{ ...known, toMs: nowMs }]);
  const [worse] = follow([known], [transition({ kind: "worse", from: "warning", to: "critical", value: 97 })]);
  expect(worse).toEqual({ target, fromMs: old.fromMs, toMs: null, severity: "critical", ...disk, value: 97 });
});

test("an incident in a form that is not known is forgotten, and no other with it", () => {
  const gone = raised.map((one) => ({ ...one, rule: "gone" }));
  expect(v.parse(Incidents, [{ target, fromMs: nowMs }, ...raised, ...gone, null])).toEqual([...raised]);
});

test("what is remembered is told in the language of the reader", () => {
  const [one] = raised;
  if (one === undefined) throw new Error("nothing was raised");
  const words = { ...en, rules: { ...en.rules, storage_used: { ...en.rules.storage_used, bad: () => "voll" } } };
  expect(incidentText(one, words)).toBe("voll");
});
