import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { EventSeries, type EventSeries as Series } from "../alerts/events.ts";
import { newRulesSince } from "../alerts/firstRules.ts";
import type { RuleName } from "../alerts/rules.ts";
import type { AlertStates } from "../alerts/state.ts";
import { type Incident, Incidents } from "../alerts/incidents.ts";
import type { Mute } from "../alerts/alert.ts";
import { Held } from "../alerts/mutes.ts";
import { dayMs, hourMs } from "../clock.ts";
import type { Change } from "../model/change.ts";
import { readSnapshot } from "../measure/snapshot.ts";
import type { KeptSnapshot } from "../model/snapshot.ts";
import type { ObservationName } from "../metrics/index.ts";
import { type ChartedRun, isCharted, packNumbers } from "../past/chart.ts";
import { addSample, type Course, newCourse } from "../past/summary.ts";
import type { PastRun } from "../past/forecast.ts";
import { isKeyMetric, keyMetricsOf } from "../past/keyMetrics.ts";
import { median } from "../past/series.ts";
import { allValues, type Key, liveCard } from "./keyValue.ts";
import { readChanges } from "./changes.ts";
import { attempt } from "./fault.ts";
import { countSamples, type Hour, hours, kept, points, samples } from "./history.ts";
import { knownKeys } from "./layouts.ts";
import { type LivePicture, livePicture } from "./livePicture.ts";
import { readMutes } from "./mutes.ts";
import { readTargets } from "./targets.ts";
import { readTogether } from "./together.ts";

/** A run's knowledge of earlier ones. */
export interface Past {
  /** Reads more than one thing at once, which costs less. */
  readonly together: <T>(read: () => T) => T;
  /** The last run; rules judge the time since. */
  readonly lastRun: KeptSnapshot | null;
  /** The last card; a card shows the time since. */
  readonly lastCard: KeptSnapshot | null;
  readonly alertStates: AlertStates;
  /** The rules that the version of the last run did not have. */
  readonly newRules: readonly RuleName[];
  readonly eventSeries: Series;
  /** The mutes and quiet hours. */
  readonly mutes: readonly Mute[];
  /** Incidents that began and ended during a mute of everything or quiet hours. */
  readonly held: readonly Held[];
  /** What is usual on this machine, for the causes of an alert, as it was written; null for nothing. */
  readonly baseline: string | null;
  /** Of the last day. */
  readonly incidents: readonly Incident[];
  /** The end of the local day of the last card with a chart, milliseconds since the epoch; null without one. */
  readonly chartUntilMs: number | null;
  /** The local days that had their digest; null when there was never one wanted. */
  readonly digestDays: readonly string[] | null;
  /** The message that is edited in place on that local day, by the webhook's address; null when there is none. */
  readonly liveCard: (url: string, day: string) => string | null;
  /** Its picture, where an edit can keep that one. */
  readonly livePicture: (url: string, day: string) => LivePicture | null;
  /** The usual time between runs, and between cards, seconds; null when it is not known. */
  readonly usualRunGapSeconds: number | null;
  readonly usualCardGapSeconds: number | null;
  /** The clock's error against Discord's at the last delivery, seconds, negative when behind; null when it is not known. */
  readonly clockOffSeconds: number | null;
  /**
   * The runs since a time, milliseconds since the epoch; one in a quarter of an hour, where there are more. Read when it
   * is asked for, and to read some keys costs a fraction of all.
   */
  readonly runsSince: (fromMs: number, keys?: ReadonlySet<string>) => readonly PastRun[];
  /** The hours since a time, in the same way. */
  readonly hoursSince: (fromMs: number, keys?: ReadonlySet<string>) => readonly Hour[];
  /** All that a chart of the time between two times is made of. */
  readonly charted: (fromMs: number, toMs: number) => readonly ChartedRun[];
  /** What changed on the machine since a time, the newest first. */
  readonly changesSince: (fromMs: number) => readonly Change[];
  /** The key metrics of the time between two times. */
  readonly course: (fromMs: number, toMs: number) => Course;
}

/** A machine that was never looked at before. */
export const noPast: Past = {
  together: (read) => read(),
  lastRun: null,
  lastCard: null,
  alertStates: {},
  newRules: [],
  eventSeries: {},
  mutes: [],
  held: [],
  baseline: null,
  incidents: [],
  chartUntilMs: null,
  digestDays: null,
  liveCard: () => null,
  livePicture: () => null,
  usualRunGapSeconds: null,
  usualCardGapSeconds: null,
  clockOffSeconds: null,
  runsSince: () => [],
  hoursSince: () => [],
  charted: () => [],
  changesSince: () => [],
  course: () => newCourse([], 0),
};

/** The resolution that trends and forecasts need from a machine that runs each minute. */
const apartSeconds = 15 * 60;

/** Reads the past; unreadable parts count as forgotten. The database must stay open meanwhile. */
export const readPast = (database: Database): Past => readTogether(database, () => readAll(database));

function readAll(database: Database): Past {
  const facts = attempt(() => allValues(database));
  const remembered = (name: Key) => (facts.ok ? (facts.value.get(name) ?? null) : null);
  const read = <T>(name: Key, schema: v.GenericSchema<unknown, T>): T | null => {
    const text = remembered(name);
    const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), text);
    return parsed.success ? parsed.output : null;
  };
  const lastRunText = remembered("snapshot");
  const lastCardText = remembered("card_snapshot");
  const lastRun = lastRunText === null ? null : readSnapshot(lastRunText);
  const targets = attempt(() => readTargets(database, lastRun?.takenAtMs ?? 0));
  const readLastCard = () => (lastCardText === null ? null : readSnapshot(lastCardText));
  return {
    together: (work) => readTogether(database, work),
    lastRun,
    lastCard: lastCardText === asSnapshot || lastCardText === lastRunText ? lastRun : readLastCard(),
    alertStates: targets.ok ? targets.value : {},
    newRules: lastRun === null ? [] : newRulesSince(read("rules", v.array(v.string()))),
    eventSeries: read("event_series", EventSeries) ?? {},
    mutes: readable(() => readMutes(database)),
    held: read("held", v.array(Held)) ?? [],
    baseline: remembered("baseline"),
    incidents: read("troubles", Incidents) ?? [],
    chartUntilMs: read("chart_until", v.number()),
    digestDays: read("digest_days", v.array(v.string())),
    liveCard: (url, day) => (remembered("live_day") === day ? liveCard(database, url) : null),
    livePicture: (url, day) => (remembered("live_day") === day ? livePicture(database, url) : null),
    usualRunGapSeconds: usualGap(read("run_times", timeList) ?? []),
    usualCardGapSeconds: usualGap(read("card_times", timeList) ?? []),
    clockOffSeconds: read("clock_off_seconds", v.number()),
    runsSince: (fromMs, keys) => readable(() => points(database, fromMs, Number.MAX_SAFE_INTEGER, keys, apartSeconds)),
    hoursSince: (fromMs, keys) => readable(() => hours(database, fromMs, Number.MAX_SAFE_INTEGER, keys)),
    charted: (fromMs, toMs) => readable(() => readChartRuns(database, fromMs, toMs)),
    changesSince: (fromMs) => readable(() => readChanges(database, fromMs, undefined, changesTold)),
    course: (fromMs, toMs) => courseOrNone(database, fromMs, toMs),
  };
}

function courseOrNone(database: Database, fromMs: number, toMs: number): Course {
  const course = attempt(() => readCourse(database, fromMs, toMs));
  return course.ok ? course.value : newCourse([], 0);
}

function readable<T>(read: () => readonly T[]): readonly T[] {
  const rows = attempt(read);
  return rows.ok ? rows.value : [];
}

/** A line and a cause need no more. */
const changesTold = 60;

/** In place of the card's snapshot where it is that of the last run: with thousands of mounts it has megabytes. */
export const asSnapshot = "=";

/** Times of the last runs, milliseconds since the epoch. */
export const timeList = v.array(v.number());

const gapsNeeded = 3;

/** The median distance of times, in seconds; null for too few. */
function usualGap(times: readonly number[]): number | null {
  const gaps = times.slice(1).map((time, index) => (time - (times[index] ?? time)) / 1000);
  return gaps.length < gapsNeeded ? null : (median(gaps) ?? null);
}

/** Numbers of a course: with 120 at a time a year of runs each minute has 2.3 million. */
const mostInMemory = 2.5e6;

/**
 * The key metrics of the time up to now, oldest first: of single runs as far back as they are kept, of hours before
 * that.
 */
export function readCourse(database: Database, fromMs: number, toMs: number): Course {
  const runsFromMs = Math.max(fromMs, Math.ceil((toMs - kept.pointDays * dayMs) / hourMs) * hourMs);
  const spans: (readonly ["hour" | "point", number, number])[] = [["point", runsFromMs, toMs]];
  if (runsFromMs > fromMs) spans.unshift(["hour", fromMs, runsFromMs - 1]);
  // One more for the present.
  const room = spans.reduce((rows, span) => rows + countSamples(database, ...span), 1);
  const course = newCourse(keyMetricsOf(knownKeys(database, isKeyMetric, Math.floor(mostInMemory / room))), room);
  for (const span of spans) {
    for (const sample of samples(database, ...span)) addSample(course, sample);
  }
  return course;
}

/** The input of a chart, oldest first: single runs while they are kept, then hours. */
export function readChartRuns(database: Database, fromMs: number, toMs: number): readonly ChartedRun[] {
  const keys = chartedKeys(database, toMs);
  const places = new Map(keys.map((key, index) => [key, index]));
  const table = fromMs >= toMs - kept.pointDays * dayMs ? "point" : "hour";
  return Array.from(samples(database, table, fromMs, toMs), ({ atMs, numbers }) => {
    const values = Float64Array.from(keys, (key) => numbers.get(key)?.average ?? Number.NaN);
    return { atMs, numbers: packNumbers(places, values) };
  });
}

const diskName: ObservationName = "storage_used_percent";
const disksRead = 5;
/** More have only machines whose interfaces have other names each day. */
const mostCharted = 200;

/** Of hundreds of disks only the fullest are worth reading; the last hour says which. */
function chartedKeys(database: Database, toMs: number): readonly string[] {
  const keys = knownKeys(database, isCharted, mostCharted * 2);
  const disks = new Set(keys.filter((key) => key.startsWith(`${diskName}{`)));
  const last = disks.size > disksRead ? hours(database, toMs - dayMs, toMs, disks).at(-1) : undefined;
  const fullest = [...(last?.numbers ?? [])].toSorted(([, one], [, other]) => other.average - one.average);
  const read = last === undefined ? [...disks] : fullest.slice(0, disksRead).map(([key]) => key);
  return [...read, ...keys.filter((key) => !disks.has(key))].slice(0, mostCharted).toSorted();
}
