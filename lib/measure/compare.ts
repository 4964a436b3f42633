import {
  definitions,
  type KnownObservation,
  type MetricName,
  metricNames,
  metrics,
  type Readings,
  type Values,
} from "../metrics/index.ts";
import type { Since } from "../model/metric.ts";
import type { Definition } from "../model/observation.ts";
import { type Comparison, type KeptSnapshot, secondsBetween, type Snapshot } from "../model/snapshot.ts";
import type { Measured } from "./collect.ts";

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

/**
 * All observations of a snapshot, in the order of the registry. What could not be read makes none, and neither does a
 * number that cannot be true, whatever a metric made it of.
 */
export function observe(snapshot: Snapshot, comparison: Comparison): readonly KnownObservation[] {
  return keepPossible(metricNames.flatMap((name) => observeOne(name, snapshot, comparison)));
}

/** Leaves out the numbers that cannot be true. */
export function keepPossible(observations: readonly KnownObservation[]): readonly KnownObservation[] {
  return observations.filter(({ name, value }) => {
    const definition = definitions.get(name);
    return Number.isFinite(value) && (definition === undefined || isPossible(definition, value));
  });
}

const absoluteZeroCelsius = -273.15;

function isPossible({ unit, canExceed, isOwn }: Definition, value: number): boolean {
  if (isOwn === true) return true;
  switch (unit) {
    case "percent":
      return value >= 0 && (value <= 100 || canExceed === true);
    case "celsius":
      return value >= absoluteZeroCelsius;
    // Negative: the certificate expired this many days ago.
    case "days":
      return true;
    case "bytes":
    case "bytes_per_second":
    case "count":
    case "hours":
    case "per_second":
    case "ratio":
    case "seconds":
      return value >= 0;
  }
}

function observeOne<Name extends MetricName>(name: Name, snapshot: Snapshot, comparison: Comparison) {
  const reading: Snapshot["readings"][Name] = snapshot.readings[name];
  if (reading.status !== "ok") return [];
  const value: Values[Name] = reading.value;
  return metrics[name].observe(value, comparison.earlier(name));
}
