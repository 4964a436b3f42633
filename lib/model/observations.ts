import type { Definition, OtlpDefinition, Unit } from "./metric.ts";
import { type Labels, type Observation, observationKey } from "./observation.ts";

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

/** The values by the keys of their observations. */
export function valuesByKey(all: readonly Observation[]): ReadonlyMap<string, number> {
  return new Map(all.map((observation) => [observationKey(observation), observation.value]));
}

/** The definition of a number that goes up and down. */
export function gauge(unit: Unit, help: string, more: Omit<Definition, "unit" | "type" | "help"> = {}): Definition {
  return { unit, type: "gauge", help, ...more };
}

/** The definition of a number that only grows until the machine reboots. */
export function total(unit: Unit, help: string, otlp?: OtlpDefinition): Definition {
  return { unit, type: "counter", help, ...(otlp && { otlp }) };
}
