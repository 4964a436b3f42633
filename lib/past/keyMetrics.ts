import { significant } from "../format.ts";
import { definitions } from "../metrics/index.ts";
import { labelsOf, type Observation, observationKey, observationOf, type Unit } from "../model/observation.ts";
import type { RowWords } from "../words/en/rows.ts";
import { measuredText } from "../probe/measured.ts";

/** One of the few numbers that stand for the machine: in trends, in the history, in a digest. */
export interface KeyMetric {
  readonly key: string;
  readonly unit: Unit;
  /** The same in bytes, and the bytes that are left, by their keys; null where there is no such thing. */
  readonly amountKey: string | null;
  readonly leftKey: string | null;
}

/** The key metric of an observation; null when it is none. */
export function keyMetric({ name, labels }: Omit<Observation, "value">): KeyMetric | null {
  const definition = definitions.get(name);
  // The CPU sample of half a second says little about hours.
  if (definition?.label === undefined || labels["window"] === "sample") return null;
  // Of a plugin's numbers the first stands for it.
  if (labels["number"] !== undefined) return null;
  const keyOf = (other: string | undefined) => (other === undefined ? null : observationKey({ name: other, labels }));
  return {
    key: observationKey({ name, labels }),
    unit: definition.unit,
    amountKey: keyOf(definition.amount),
    leftKey: keyOf(definition.left),
  };
}

/** Whether a key may be that of one. */
export const isKeyMetric = (key: string): boolean => definitions.get(key.split("{", 1)[0] ?? "")?.label !== undefined;

/** The key metrics among some keys, in the order of the registry. */
export function keyMetricsOf(keys: readonly string[]): readonly KeyMetric[] {
  const names = Array.from(definitions).flatMap(([name, { label }]) => (label === undefined ? [] : [name]));
  return names.flatMap((name) =>
    keys
      .filter((key) => key === name || key.startsWith(`${name}{`))
      .toSorted()
      .flatMap((key) => keyMetric({ name, labels: labelsOf(key) }) ?? []),
  );
}

/**
 * The key metrics that these observations are of. The CPU's, too, when it was only sampled, as in the first run after a
 * reboot: there is nothing to compare with then, and still a yesterday.
 */
export function keyMetricsIn(observations: readonly Observation[]): readonly KeyMetric[] {
  const numbers = observations.flatMap(({ name, labels }) => {
    const own = labels["window"] === "sample" ? { ...labels, window: "report" } : labels;
    return keyMetric({ name, labels: own }) ?? [];
  });
  return [...new Map(numbers.map((number) => [number.key, number])).values()];
}

/** Every key that the trends of these observations need. */
export function keysForTrends(observations: readonly Observation[]): ReadonlySet<string> {
  const keys = keyMetricsIn(observations).flatMap(({ key, amountKey, leftKey }) => [key, amountKey, leftKey]);
  return new Set(keys.filter((key) => key !== null));
}

/** Formats a key metric by its key, the same on every card, chart and list. */
export function numberText(key: string, value: number, words: RowWords): string {
  const { name, labels } = observationOf(key, value);
  const definition = definitions.get(name);
  if (definition?.isOwn === true) return measuredText(value, labels["uom"], words.thresholdsOf(name, labels), words);
  // Digests of version 0.1.0 have a label for a key, and shares only.
  if (definition !== undefined && definition.unit !== "percent") return significant(value);
  const thresholds = words.thresholdsOf(name, labels);
  return definition?.roundsUp === true ? words.percentUp(value, thresholds) : words.percent(value, thresholds);
}

/** The label of a key metric, by its key: `Disk /`. Any other text stays as it is. */
export function labelOf(key: string, words: RowWords): string {
  const { name, labels } = observationOf(key, 0);
  return definitions.get(name)?.label?.(words, labels) ?? key;
}
