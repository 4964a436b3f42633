import { type Observation, type Unit, observationKey } from "./metric.ts";
import { metricNames, metrics } from "./metrics/index.ts";

/** One of the few numbers that stand for the machine: in trends, in the history, in a digest. */
export interface MainNumber {
  readonly key: string;
  /** What a person calls it: `Disk /`. */
  readonly label: string;
  readonly unit: Unit;
  /** The same in bytes, and the bytes that are left, by their keys; null where there is no such thing. */
  readonly amountKey: string | null;
  readonly leftKey: string | null;
}

const definitions = new Map(metricNames.flatMap((metric) => Object.entries(metrics[metric].definitions)));

/** What is to be known of an observation that is a main number; null of any other. */
export function mainNumber({ name, labels }: Omit<Observation, "value">): MainNumber | null {
  const definition = definitions.get(name);
  // The CPU sample of half a second says little about hours.
  if (definition?.label === undefined || labels["window"] === "sample") return null;
  const keyOf = (other: string | undefined) => (other === undefined ? null : observationKey({ name: other, labels }));
  return {
    key: observationKey({ name, labels }),
    label: definition.label.replace(/\{(\w+)\}/g, (_, label: string) => labels[label] ?? ""),
    unit: definition.unit,
    amountKey: keyOf(definition.amount),
    leftKey: keyOf(definition.left),
  };
}

/** Every key that the trends of these observations need. */
export function mainKeys(observations: readonly Observation[]): ReadonlySet<string> {
  const numbers = observations.flatMap((observation) => mainNumber(observation) ?? []);
  const keys = numbers.flatMap(({ key, amountKey, leftKey }) => [key, amountKey, leftKey]);
  return new Set(keys.filter((key) => key !== null));
}
