import * as v from "valibot";

import { type MetricName, type Readings, type Values, metricNames, metrics } from "../metrics/index.ts";
import type { KeptSnapshot, Snapshot } from "../model/snapshot.ts";

/** A snapshot as text, for keeping: the values that were read, and the last ones of what carries on over runs. */
export function writeSnapshot({ takenAtMs, readings, remembered = {}, errandMs }: Snapshot): string {
  const values = metricNames.flatMap((name) => {
    const reading = readings[name];
    return reading.status === "ok" ? [[name, reading.value] as const] : [];
  });
  const older = Object.keys(remembered).length === 0 ? {} : { remembered };
  const errand = errandMs === undefined ? {} : { errandMs };
  return JSON.stringify({ takenAtMs, values: Object.fromEntries(values), ...older, ...errand });
}

const written = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    takenAtMs: v.number(),
    values: v.record(v.string(), v.unknown()),
    remembered: v.optional(v.record(v.string(), v.unknown()), {}),
    errandMs: v.exactOptional(v.number()),
  }),
);

/** The inverse of `writeSnapshot`; null for a text that it did not make. */
export function readSnapshot(text: string): KeptSnapshot | null {
  const parsed = v.safeParse(written, text);
  if (!parsed.success) return null;
  const { takenAtMs, values, remembered: older, ...errand } = parsed.output;
  const readings: Partial<Readings> = {};
  const remembered: Partial<Values> = {};
  for (const name of metricNames) {
    const value = valueOf(name, values[name]);
    if (value !== null) Object.assign(readings, { [name]: { status: "ok", value } });
    const last = metrics[name].carry === undefined ? null : (value ?? valueOf(name, older[name]));
    if (last !== null) Object.assign(remembered, { [name]: last });
  }
  return { takenAtMs, readings, remembered, ...errand };
}

function valueOf<Name extends MetricName>(name: Name, unchecked: unknown): Values[Name] | null {
  const checked = v.safeParse(metrics[name].schema, unchecked);
  return checked.success ? checked.output : null;
}
