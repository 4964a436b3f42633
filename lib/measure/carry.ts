import { dayMs } from "../clock.ts";
import { type MetricName, metricNames, metrics, type Readings, type Values } from "../metrics/index.ts";
import type { KeptSnapshot, Snapshot } from "../model/snapshot.ts";

/**
 * Whether a run at this time does the errand of the day: what starts processes that cost something. Never the first run,
 * which somebody waits for, and none where nothing is remembered.
 */
export function errandIsDue(last: KeptSnapshot | null, nowMs: number): boolean {
  if (last === null) return false;
  const { errandMs } = last;
  // A time to come is from a clock that was set back since.
  return errandMs === undefined || nowMs - errandMs >= dayMs || errandMs > nowMs;
}

/** What a snapshot is made of besides the readings. */
interface Moment {
  readonly last: KeptSnapshot | null;
  readonly takenAtMs: number;
  readonly didErrand: boolean;
}

/** A snapshot of these readings, with what earlier runs knew. Pure. */
export function carryOn(readings: Readings, { last, takenAtMs, didErrand }: Moment): Snapshot {
  const carried = { ...readings };
  const remembered: Partial<Values> = {};
  for (const name of metricNames) carryOne(name, carried, remembered, last?.remembered?.[name] ?? null, takenAtMs);
  const errandMs = didErrand ? takenAtMs : last?.errandMs;
  return { takenAtMs, readings: carried, remembered, ...(errandMs === undefined ? {} : { errandMs }) };
}

function carryOne<Name extends MetricName>(
  name: Name,
  readings: Readings,
  remembered: Partial<Values>,
  before: Values[Name] | null,
  atMs: number,
) {
  const reading: Readings[Name] = readings[name];
  const { carry, errand } = metrics[name];
  if (carry === undefined) return;
  if (reading.status === "ok") {
    const value: Values[Name] = reading.value;
    Object.assign(readings, { [name]: { status: "ok", value: carry(value, before, atMs) } });
  } else if (errand !== undefined && before !== null && reading.status === "unavailable") {
    Object.assign(readings, { [name]: { status: "ok", value: carry(before, before, atMs) } });
  } else if (before !== null) {
    Object.assign(remembered, { [name]: before });
  }
}
