import type { Metric, Reading } from "../model/metric.ts";
import type { Definition, Observation } from "../model/observation.ts";
import * as registry from "./registry.ts";

type Registry = typeof registry;

/** The name of a metric, as the registry exports it. */
export type MetricName = keyof Registry;

/** The value of each metric. */
export type Values = { [Name in MetricName]: Registry[Name] extends Metric<infer T> ? T : never };

/** One reading of each metric. */
export type Readings = { readonly [Name in MetricName]: Reading<Values[Name]> };

/** The name of every observation that a metric makes. */
export type ObservationName = { [Name in MetricName]: keyof Registry[Name]["definitions"] }[MetricName];

/** An observation under a name of this version; one of the history may have a name of another. */
export type KnownObservation = Observation<ObservationName>;

type Registered<T> = Omit<Metric<T, ObservationName>, "definitions"> & Pick<Metric<T>, "definitions">;

/** The registry as the stages see it. */
export const metrics: { readonly [Name in MetricName]: Registered<Values[Name]> } = registry;

/** All names, in the order of the card. */
// Object.keys() forgets the key type; the predicate gives it back without a cast.
export const metricNames: readonly MetricName[] = Object.keys(registry)
  .filter((name): name is MetricName => name in registry)
  .toSorted((one, other) => metrics[one].order - metrics[other].order);

/** The definition of every observation, in the order of the card. */
export const definitions: ReadonlyMap<string, Definition> = new Map(
  metricNames.flatMap((metric) => Object.entries(metrics[metric].definitions)),
);

/** The metric that makes an observation; null for a name of another version. */
export const metricOf = (observation: string): MetricName | null =>
  metricNames.find((one) => observation in metrics[one].definitions) ?? null;
