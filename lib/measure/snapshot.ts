import * as v from "valibot";

import { type MetricName, type Readings, metricNames, metrics } from "../metrics/index.ts";
import type { KeptSnapshot, Snapshot } from "../model/snapshot.ts";

/** A snapshot as text, for keeping: the values that were read. */
export function writeSnapshot({ takenAtMs, readings }: Snapshot): string {
  const values = metricNames.flatMap((name) => {
    const reading = readings[name];
    return reading.status === "ok" ? [[name, reading.value] as const] : [];
  });
  return JSON.stringify({ takenAtMs, values: Object.fromEntries(values) });
}

const written = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ takenAtMs: v.number(), values: v.record(v.string(), v.unknown()) }),
);

/** The inverse of `writeSnapshot`; null for a text that it did not make. */
export function readSnapshot(text: string): KeptSnapshot | null {
  const parsed = v.safeParse(written, text);
  if (!parsed.success) return null;
  const readings: Partial<Readings> = {};
  for (const name of metricNames) readInto(readings, name, parsed.output.values[name]);
  return { takenAtMs: parsed.output.takenAtMs, readings };
}

function readInto(readings: Partial<Readings>, name: MetricName, value: unknown): void {
  const checked = v.safeParse(metrics[name].schema, value);
  if (checked.success) Object.assign(readings, { [name]: { status: "ok", value: checked.output } });
}
