import { type MetricName, metricNames, metrics, type Readings, type Values } from "../metrics/index.ts";
import type { KeptSnapshot, Snapshot } from "../model/snapshot.ts";

/** A snapshot of these readings, with what earlier runs knew. Pure. */
export function carryOn(readings: Readings, last: KeptSnapshot | null, takenAtMs: number): Snapshot {
  const carried = { ...readings };
  const remembered: Partial<Values> = {};
  for (const name of metricNames) carryOne(name, carried, remembered, last?.remembered?.[name] ?? null, takenAtMs);
  return { takenAtMs, readings: carried, ...(Object.keys(remembered).length === 0 ? {} : { remembered }) };
}

function carryOne<Name extends MetricName>(
  name: Name,
  readings: Readings,
  remembered: Partial<Values>,
  before: Values[Name] | null,
  atMs: number,
) {
  const reading: Readings[Name] = readings[name];
  const { carry } = metrics[name];
  if (carry === undefined) return;
  if (reading.status === "ok") {
    const value: Values[Name] = reading.value;
    Object.assign(readings, { [name]: { status: "ok", value: carry(value, before, atMs) } });
  } else if (before !== null) {
    Object.assign(remembered, { [name]: before });
  }
}
