import * as v from "valibot";

import type { RowWords } from "../words/en/rows.ts";

/** Labels of an observation, for example `{ mount: "/" }`. */
export type Labels = Readonly<Record<string, string>>;

/** One number with its name and labels: `storage_used_percent{mount="/"} 41.2`. What rules, history and exports read. */
export interface Observation<Name extends string = string> {
  readonly name: Name;
  readonly labels: Labels;
  readonly value: number;
}

/** The unit of a number. Exporters derive names from it, so base units only. */
export type Unit =
  | "bytes"
  | "bytes_per_second"
  | "celsius"
  | "count"
  | "days"
  | "hours"
  | "per_second"
  | "percent"
  | "ratio"
  | "seconds";

/** The definition of an observation's name. */
export interface Definition<Name extends string = string> {
  readonly unit: Unit;
  /** A `counter` only grows until the machine reboots. */
  readonly type: "gauge" | "counter";
  readonly help: string;
  /** Makes it one of the key metrics, under this name. */
  readonly label?: (words: RowWords, labels: Labels) => string;
  /** A share that df(1) rounds up to whole percents. */
  readonly roundsUp?: true;
  /** Of a key metric: the observations of the same in bytes, and of the bytes that are left. */
  readonly amount?: Name;
  readonly left?: Name;
  /** The owner's own: its unit is in the label `uom`, and it may be negative. */
  readonly isOwn?: true;
  /** A percentage of something that can pass more than once, so that it may be above 100. */
  readonly canExceed?: true;
  /** Its place in OpenTelemetry's semantic conventions, where it has one. */
  readonly otlp?: OtlpDefinition;
  /** Not for engines that keep a series of each set of labels for ever: its labels are others in every run. */
  readonly fleeting?: true;
}

/** An observation in OpenTelemetry's terms. Source: opentelemetry.io/docs/specs/semconv/system/system-metrics. */
export interface OtlpDefinition {
  readonly name: string;
  /** Attributes that distinguish it from others of that name, such as `{ "cpu.mode": "user" }`. */
  readonly attributes?: Labels;
  /** OpenTelemetry's names of its labels, by their names here. */
  readonly labels?: Labels;
  /** A gauge that may be summed over its attributes: an UpDownCounter there. */
  readonly additive?: boolean;
  /** The counted thing, such as `{operation}`, when the unit is no unit of measurement. */
  readonly unit?: string;
}

/** The text form of an observation's name and labels: `storage_used_percent{mount="/"}`. */
export type ObservationKey<Name extends string = string> = Name | `${Name}{${string}}`;

/** The key of an observation; equal keys mean the same thing measured. */
export function observationKey<const Name extends string>(observation: {
  readonly name: Name;
  readonly labels: Labels;
}): ObservationKey<Name> {
  const text = labelsText(observation.labels);
  return text === "" ? observation.name : `${observation.name}{${text}}`;
}

/** All numbers of one target share their labels, and each is looked up several times. */
const labelTexts = new WeakMap<Labels, string>();

function labelsText(labels: Labels): string {
  const known = labelTexts.get(labels);
  if (known !== undefined) return known;
  const all = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const text = all.join(",");
  labelTexts.set(labels, text);
  return text;
}

/** The labels in a key that `observationKey` wrote. */
export function labelsOf(key: string): Labels {
  const written = key.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g);
  return Object.fromEntries(Array.from(written, ([, label = "", text = ""]) => [label, v.parse(labelText, text)]));
}

const labelText = v.pipe(v.string(), v.parseJson(), v.string());

/** The observation of a key. */
export function observationOf(key: string, value: number): Observation {
  return { name: key.replace(/\{.*$/s, ""), labels: labelsOf(key), value };
}

/** Growth of a counter a second; null when it fell, because then it was reset and says nothing. */
export function rate(now: number, before: number, seconds: number): number | null {
  return now < before || seconds <= 0 ? null : (now - before) / seconds;
}

/** Observations of one set of labels, named by a prefix and the keys of the values. Null is not observed. */
export function observations<const Prefix extends string, const Ending extends string>(
  prefix: Prefix,
  values: Readonly<Partial<Record<Ending, number | null>>>,
  labels: Labels = {},
): readonly Observation<`${Prefix}_${Ending}`>[] {
  const endings = Object.keys(values).filter((ending): ending is Ending => ending in values);
  return endings.flatMap((ending) => {
    const value = values[ending] ?? null;
    return value === null ? [] : [{ name: `${prefix}_${ending}` as const, labels, value }];
  });
}

/** The values by the keys of their observations. */
export function valuesByKey(all: readonly Observation[]): ReadonlyMap<string, number> {
  return new Map(all.map((observation) => [observationKey(observation), observation.value]));
}

/** The definition of a number that goes up and down. */
export function gauge<const Name extends string = never>(
  unit: Unit,
  help: string,
  more: Omit<Definition<Name>, "unit" | "type" | "help"> = {},
): Definition<Name> {
  return { unit, type: "gauge", help, ...more };
}

/** The definition of a number that only grows until the machine reboots. */
export function total(unit: Unit, help: string, otlp?: OtlpDefinition): Definition<never> {
  return { unit, type: "counter", help, ...(otlp && { otlp }) };
}
