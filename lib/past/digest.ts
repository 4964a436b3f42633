import * as v from "valibot";

import type { Incident } from "../alerts/incidents.ts";
import { clockTime, localDay } from "../format.ts";
import type { ObservationName } from "../metrics/index.ts";
import { type Observation, observationKey, type ObservationKey } from "../model/observation.ts";
import type { Config } from "../settings/config.ts";
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

/** The content of the daily digest. */
export interface Daily {
  readonly fromMs: number;
  readonly toMs: number;
  readonly runs: number;
  /** Of the key metrics. */
  readonly summaries: readonly Summary[];
  readonly incidents: readonly Incident[];
}

/** Whether the digest is due now, and the days that already had one. */
export interface DigestTurn {
  readonly isDue: boolean;
  /** `2026-08-01`, the last ones; to be remembered. */
  readonly days: readonly string[];
}

/** More than a clock is ever set back by in passing. */
const daysKept = 40;

/**
 * Is this the first run after the hour of the digest? Each day of the reader's calendar has one at most, wherever the
 * clock is set to. The first day of a machine has none: there is nothing to tell yet. Null when no digest is wanted.
 */
export function digestTurn(
  { digest, timezone }: Pick<Config, "digest" | "timezone">,
  days: readonly string[] | null,
  nowMs: number,
): DigestTurn | null {
  if (digest === null) return null;
  const today = localDay(nowMs, timezone);
  const isOver = clockTime(nowMs, timezone) >= digest && days?.includes(today) !== true;
  return { isDue: isOver && days !== null, days: [...(days ?? []), ...(isOver ? [today] : [])].slice(-daysKept) };
}

/** Its line when it is folded with others after an outage. */
export function digestOfDaily({ fromMs, toMs, summaries }: Daily): Digest {
  const shares = summaries.filter(({ unit }) => unit === "percent");
  const numbers = shares.map(({ key, minimum, average, maximum, runs }) => {
    return [key, { minimum: minimum.value, average, maximum: maximum.value, runs }] as const;
  });
  return { fromMs, toMs, reports: 1, perhapsDelivered: 0, numbers: Object.fromEntries(numbers) };
}
