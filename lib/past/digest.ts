import * as v from "valibot";

import type { Incident } from "../alerts/incidents.ts";
import { dayMs } from "../clock.ts";
import { clockTime, endOfDay, localDay } from "../format.ts";
import type { ObservationName } from "../metrics/index.ts";
import { type Observation, observationKey, type ObservationKey } from "../model/observation.ts";
import type { Severity } from "../model/rule.ts";
import type { Config } from "../settings/config.ts";
import type { Span } from "./chart.ts";
import type { Summary } from "./summary.ts";
import { keyMetric } from "./keyMetrics.ts";

const spread = v.object({ minimum: v.number(), average: v.number(), maximum: v.number(), runs: v.number() });

type Key = ObservationKey<ObservationName>;
type Spreads = Readonly<Record<string, v.InferOutput<typeof spread>>>;

/** Version 0.1.0 kept numbers by their English labels; those of mounts began with `Disk`. */
const oldLabels: Readonly<Record<string, Key>> = {
  Memory: "memory_used_percent",
  Swap: "swap_used_percent",
  CPU: observationKey({ name: "cpu_busy_percent", labels: { window: "report" } }),
};

const known = new Map(Object.entries(oldLabels));

const diskKey = (mount: string): Key => observationKey({ name: "storage_used_percent", labels: { mount } });

function keyOf(written: string): string {
  const mount = /^Disk (.*)$/s.exec(written)?.[1];
  return mount === undefined ? (known.get(written) ?? written) : diskKey(mount);
}

const withKeys = (numbers: Spreads): Spreads =>
  Object.fromEntries(Object.entries(numbers).map(([written, one]) => [keyOf(written), one]));

/** Reports that could not be sent, folded into one message. */
export const Digest = v.object({
  fromMs: v.number(),
  toMs: v.number(),
  reports: v.number(),
  /** Of those, the ones whose sending may have succeeded all the same. */
  perhapsDelivered: v.number(),
  /** The key metrics, by their keys. */
  numbers: v.pipe(v.record(v.string(), spread), v.transform(withKeys)),
});
export type Digest = v.InferOutput<typeof Digest>;

/** The digest of a single report. */
export function digestOf(atMs: number, observations: readonly Observation[]): Digest {
  const numbers = observations.flatMap((observation) => {
    const number = keyMetric(observation);
    const { value } = observation;
    // A digest says shares; the load is none.
    return number?.unit !== "percent"
      ? []
      : [[number.key, { minimum: value, average: value, maximum: value, runs: 1 }] as const];
  });
  return { fromMs: atMs, toMs: atMs, reports: 1, perhapsDelivered: 0, numbers: Object.fromEntries(numbers) };
}

/** One digest in place of several. */
export function fold(digests: readonly Digest[]): Digest {
  const numbers: Record<string, v.InferOutput<typeof spread>> = {};
  for (const digest of digests) {
    for (const [key, one] of Object.entries(digest.numbers)) {
      const other = numbers[key] ?? { ...one, average: 0, runs: 0 };
      const runs = one.runs + other.runs;
      numbers[key] = {
        minimum: Math.min(one.minimum, other.minimum),
        average: (one.average * one.runs + other.average * other.runs) / runs,
        maximum: Math.max(one.maximum, other.maximum),
        runs,
      };
    }
  }
  const sum = (count: (digest: Digest) => number) => digests.reduce((total, digest) => total + count(digest), 0);
  return {
    fromMs: Math.min(...digests.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...digests.map(({ toMs }) => toMs)),
    reports: sum(({ reports }) => reports),
    perhapsDelivered: sum(({ perhapsDelivered }) => perhapsDelivered),
    numbers,
  };
}

/** A local day of a weekly review. */
export interface Day {
  readonly fromMs: number;
  readonly toMs: number;
  /** The worst of it; `none` where nothing was measured. */
  readonly state: Severity | "well" | "none";
}

/** The content of the daily digest, or of the weekly review. */
export interface Daily {
  readonly fromMs: number;
  readonly toMs: number;
  readonly runs: number;
  /** Spans in which nothing was measured. */
  readonly gaps: readonly Span[];
  /** Of the key metrics. */
  readonly summaries: readonly Summary[];
  readonly incidents: readonly Incident[];
  /** Of a weekly review; null for the digest of a day. */
  readonly days: readonly Day[] | null;
}

/** Whether the digest is due now, and the days that already had one. */
export interface DigestTurn {
  readonly isDue: boolean;
  /** `2026-08-01`, the last ones; to be remembered. */
  readonly days: readonly string[];
}

/** More than a clock is ever set back by in passing. */
const daysKept = 40;

const weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** The setting `monday 08:00`: the number of the day, Sunday is 0, and the time; the day is null for each one. */
export function digestTime(digest: string): { readonly weekday: number | null; readonly time: string } {
  const [time = "", day] = digest.split(" ").toReversed();
  return { weekday: day === undefined ? null : weekdays.indexOf(day), time };
}

/** The number of a local day, Sunday is 0. */
export const weekdayOf = (day: string): number => new Date(day).getUTCDay();

/**
 * Is this the first run after the hour of the digest? Each day of the reader's calendar has one at most, wherever the
 * clock is set to, and each week for a weekly review, which a machine that was off tells when it is back. The first day,
 * or week, of a machine has none: there is nothing to tell yet. Null when no digest is wanted.
 */
export function digestTurn(
  { digest, timezone }: Pick<Config, "digest" | "timezone">,
  days: readonly string[] | null,
  nowMs: number,
): DigestTurn | null {
  if (digest === null) return null;
  const { weekday, time } = digestTime(digest);
  const today = localDay(nowMs, timezone);
  const isLater = clockTime(nowMs, timezone) >= time;
  const daysAgo = weekday === null ? 0 : (weekdayOf(today) - weekday + 7) % 7;
  const dueDay = dayBefore(today, daysAgo === 0 && !isLater && weekday !== null ? 7 : daysAgo);
  const isOver = (isLater || dueDay !== today) && days?.includes(dueDay) !== true;
  return { isDue: isOver && days !== null, days: [...(days ?? []), ...(isOver ? [dueDay] : [])].slice(-daysKept) };
}

/** The day so many days before a day of the calendar. */
const dayBefore = (day: string, days: number) => new Date(Date.parse(day) - days * dayMs).toISOString().slice(0, 10);

/** Days of a week. */
const daysInReview = 7;

/** The last seven local days; today is one of them from noon on. */
export function lastDays(nowMs: number, timezone: string | null): readonly Span[] {
  const ends = [endOfDay(nowMs - dayMs / 2, timezone)];
  // Noon of the day before, which is on that day whatever the clock does at night.
  for (let count = 0; count < daysInReview; count += 1) ends.unshift(endOfDay((ends[0] ?? 0) - 1.5 * dayMs, timezone));
  return ends.slice(1).map((end, index) => [ends[index] ?? end, Math.min(end, nowMs)]);
}

/** Its line when it is folded with others after an outage. */
export function digestOfDaily({ fromMs, toMs, summaries }: Daily): Digest {
  const shares = summaries.filter(({ unit }) => unit === "percent");
  const numbers = shares.map(({ key, minimum, average, maximum, runs }) => {
    return [key, { minimum: minimum.value, average, maximum: maximum.value, runs }] as const;
  });
  return { fromMs, toMs, reports: 1, perhapsDelivered: 0, numbers: Object.fromEntries(numbers) };
}
