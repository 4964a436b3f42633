import * as v from "valibot";

/** Labels of an observation, for example `{ mount: "/" }`. */
export type Labels = Readonly<Record<string, string>>;

/** One number with its name and labels: `storage_used_percent{mount="/"} 41.2`. What rules, history and exports read. */
export interface Observation {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** The text form of an observation's name and labels; equal keys mean the same thing measured. */
export function observationKey(observation: { readonly name: string; readonly labels: Labels }): string {
  const labels = Object.entries(observation.labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return labels.length === 0 ? observation.name : `${observation.name}{${labels.join(",")}}`;
}

/** A text with the labels in their places: `disk {mount}` becomes `disk /`. */
export function fillIn(text: string, labels: Labels): string {
  return text.replace(/\{(\w+)\}/g, (_, label: string) => labels[label] ?? "");
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
