import {
  type KnownObservation,
  type MetricName,
  metricNames,
  metrics,
  type Readings,
  type Values,
} from "../metrics/index.ts";
import type { Earlier, Since } from "../model/metric.ts";
import type { Measured } from "./collect.ts";
import { type KeptSnapshot, secondsBetween, type Snapshot } from "./snapshot.ts";

/** What the present readings can be compared with, by metric. */
export interface Comparison {
  readonly earlier: <Name extends MetricName>(name: Name) => Earlier<Values[Name]>;
}

/**
 * Holds a snapshot against the start of its own sample window and against the last report. Counters of another boot say
 * nothing, so the last report counts only when the boot id is the same and the uptime has grown; the time between is the
 * growth of the uptime, because the wall clock may have been set.
 */
export function compare(now: Snapshot, sample: Measured["sample"], lastReport: KeptSnapshot | null): Comparison {
  const seconds = lastReport === null ? null : secondsBetween(lastReport, now);
  return {
    earlier: (name) => ({
      sample: sample === null ? null : since(sample.readings, name, sample.seconds),
      report: lastReport === null || !seconds ? null : since(lastReport.readings, name, seconds),
    }),
  };
}

function since<Name extends MetricName>(
  readings: Partial<Readings>,
  name: Name,
  seconds: number,
): Since<Values[Name]> | null {
  const reading: Partial<Readings>[Name] = readings[name];
  return reading?.status === "ok" ? { before: reading.value, seconds } : null;
}

/** All observations of a snapshot, in the order of the registry. What could not be read makes none. */
export function observe(snapshot: Snapshot, comparison: Comparison): readonly KnownObservation[] {
  return metricNames.flatMap((name) => observeOne(name, snapshot, comparison));
}

function observeOne<Name extends MetricName>(name: Name, snapshot: Snapshot, comparison: Comparison) {
  const reading: Snapshot["readings"][Name] = snapshot.readings[name];
  if (reading.status !== "ok") return [];
  const value: Values[Name] = reading.value;
  return metrics[name].observe(value, comparison.earlier(name));
}
