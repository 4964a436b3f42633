import type { Labels, Observation } from "./metric.ts";

/** Observations of one set of labels, named by a prefix and the keys of the values. Null is not observed. */
export function observations(
  prefix: string,
  values: Readonly<Record<string, number | null>>,
  labels: Labels = {},
): readonly Observation[] {
  return Object.entries(values).flatMap(([name, value]) =>
    value === null ? [] : [{ name: `${prefix}_${name}`, labels, value }],
  );
}
