import { type MetricName, type Values, metricNames, metrics } from "../metrics/index.ts";
import type { Observation } from "../model/observation.ts";
import type { Comparison } from "./compare.ts";
import type { Snapshot } from "./snapshot.ts";

/** All observations of a snapshot, in the order of the registry. What could not be read makes none. */
export function observe(snapshot: Snapshot, comparison: Comparison): readonly Observation[] {
  return metricNames.flatMap((name) => observeOne(name, snapshot, comparison));
}

function observeOne<Name extends MetricName>(name: Name, snapshot: Snapshot, comparison: Comparison) {
  const reading: Snapshot["readings"][Name] = snapshot.readings[name];
  if (reading.status !== "ok") return [];
  const value: Values[Name] = reading.value;
  return metrics[name].observe(value, comparison.earlier(name));
}
