import type { Transition } from "../../lib/alerts/alert.ts";
import { assess } from "../../lib/alerts/assess.ts";
import { clockMovedMs, type Event, type EventSeries, findEvents, limitEvents } from "../../lib/alerts/events.ts";
import type { AlertStates } from "../../lib/alerts/state.ts";
import type { KeptSnapshot, Snapshot } from "../../lib/model/snapshot.ts";
import { type RuleName, ruleNames } from "../../lib/alerts/rules.ts";
import { type Labels, observationKey } from "../../lib/model/observation.ts";
import { forecastStorage, type PastRun } from "../../lib/past/forecast.ts";
import { activeRule } from "../../lib/settings/alerts.ts";
import { remindersOf } from "../../lib/settings/announcements.ts";
import { readTargets, writeTargets } from "../../lib/state/targets.ts";
import { readings } from "../support/readings.ts";
import { inMemory } from "../support/stateFile.ts";
import { type Expected, type Moment, seeded, type Trace } from "./trace.ts";

/** One message, and what it announces. */
export interface Message {
  readonly minute: number;
  readonly nowMs: number;
  readonly transitions: readonly Transition[];
  readonly events: readonly Event[];
}

const startMs = Date.parse("2026-03-01T00:00:00Z");
/** The program reads six hours at each run, and two days only when it needs them. */
const recentMs = 6 * 3_600_000;
const pastMs = 48 * 3_600_000;

const rules = new Map(ruleNames.map((name) => [name, activeRule(name, {})]));
const ruleOf = (name: RuleName) => rules.get(name) ?? null;
const reminders = remindersOf({});

/** Runs the assessment over a trace, as the product does run after run, and collects what it would have sent. */
export function replay({ at, days, every }: Trace): readonly Message[] {
  const noise = seeded(every);
  const messages: Message[] = [];
  const past: PastRun[] = [];
  const recent: PastRun[] = [];
  using database = inMemory();
  let states: AlertStates = {};
  let series: EventSeries = {};
  let last: KeptSnapshot | null = null;
  for (let minute = 0; minute < days * 1440; minute += every) {
    const moment = at(minute, noise);
    if (moment === null) continue;
    const now = snapshotOf(moment, minute);
    const nowMs = now.takenAtMs;
    const thresholdsFor = (labels: Labels) => ruleOf("storage_full_soon")?.thresholdsFor(labels) ?? null;
    const observations = [
      ...moment.observations,
      ...forecastStorage(moment.observations, recent, nowMs, thresholdsFor, () => past),
    ];
    const movedMs = clockMovedMs(now, last);
    const lastRunMs = last?.takenAtMs ?? null;
    const assessed = assess({
      observations,
      ruleOf,
      before: states,
      reminders,
      nowMs,
      lastRunMs,
      clockMovedMs: movedMs,
    });
    const happened = findEvents({ now, last, observations, usualGapSeconds: every * 60 });
    const limited = limitEvents(happened, series, reminders, nowMs);
    const events = limited.shown;
    series = limited.series;
    const { transitions } = assessed;
    if (transitions.length + events.length > 0) messages.push({ minute, nowMs, transitions, events });
    writeTargets(database, assessed.states, nowMs);
    states = readTargets(database, nowMs);
    last = now;
    const asked = observations.filter(({ name }) => name === "storage_available_bytes");
    const run = { atMs: nowMs, numbers: new Map(asked.map((each) => [observationKey(each), each.value])) };
    for (const [runs, keptMs] of [
      [recent, recentMs],
      [past, pastMs],
    ] as const) {
      runs.push(run);
      while (runs[0] !== undefined && runs[0].atMs < nowMs - keptMs) runs.shift();
    }
  }
  return messages;
}

function snapshotOf(moment: Moment, minute: number): Snapshot {
  const { boots = 1, bootedMinute = -1000, clockOffMinutes = 0 } = moment;
  return {
    takenAtMs: startMs + (minute + clockOffMinutes) * 60_000,
    readings: readings({
      host: { bootId: String(boots), uptimeSeconds: (minute - bootedMinute) * 60 },
    }),
  };
}

/** What is wrong with the messages of a trace. */
export interface Verdict {
  readonly messages: readonly Message[];
  readonly missed: readonly string[];
  readonly unexpected: readonly string[];
}

/** Holds the messages of a trace against what it expects. */
export function judgeTrace(trace: Trace): Verdict {
  const messages = replay(trace);
  const open = new Set(trace.expected);
  const unexpected = messages.flatMap((message) =>
    announcedBy(message).flatMap(({ what, lasted }) => {
      const found = [...open].find((expected) => expected.what === what && isIn(expected, message.minute, lasted));
      if (found !== undefined) open.delete(found);
      return found === undefined ? [`${what} at ${message.minute}${lasted === null ? "" : `, lasted ${lasted}`}`] : [];
    }),
  );
  return { messages, missed: [...open].map(({ what, from, to }) => `${what} between ${from} and ${to}`), unexpected };
}

function isIn({ from, to, lasted: expected }: Expected, minute: number, lasted: number | null): boolean {
  if (minute < from || minute > to) return false;
  return expected === undefined || (lasted !== null && Math.abs(lasted - expected[0]) <= expected[1]);
}

function announcedBy({ transitions, events }: Message) {
  return [
    ...transitions.map(({ kind, rule, to, sinceMs, untilMs }) => ({
      what: [kind, rule, ...(to === null ? [] : [to])].join(" "),
      lasted: kind === "recovered" ? (untilMs - sinceMs) / 60_000 : null,
    })),
    ...events.map(({ kind }) => ({ what: `event ${kind}`, lasted: null })),
  ];
}
