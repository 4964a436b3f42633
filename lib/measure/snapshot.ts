import * as v from "valibot";

import { type MetricName, type Readings, metricNames, metrics } from "../metrics/index.ts";

/** One run's readings of a machine, plain JSON: raw counters and states, no rates. What the next run compares with. */
export interface Snapshot {
  /** Milliseconds since the epoch, by the machine's clock. */
  readonly takenAtMs: number;
  readonly readings: Readings;
}

/** A snapshot that was kept; metrics that it lacks, or has in the shape of another version, count as not read. */
export interface KeptSnapshot {
  readonly takenAtMs: number;
  readonly readings: Partial<Readings>;
}

/** The boot a snapshot belongs to and how far into it, in seconds; null where the kernel did not say. */
export function bootOf(snapshot: KeptSnapshot): { readonly bootId: string; readonly uptimeSeconds: number } | null {
  const { host } = snapshot.readings;
  if (host?.status !== "ok") return null;
  const { bootId, uptimeSeconds } = host.value;
  return bootId === null || uptimeSeconds === null ? null : { bootId, uptimeSeconds };
}

/** How much time lies between two snapshots of one boot, in seconds; null when the machine was rebooted, or may have been. */
export function secondsBetween(before: KeptSnapshot, now: KeptSnapshot): number | null {
  const [then, present] = [bootOf(before), bootOf(now)];
  if (then === null || present === null || then.bootId !== present.bootId) return null;
  // A container keeps the boot id of its host, so that only its uptime tells.
  const seconds = present.uptimeSeconds - then.uptimeSeconds;
  return seconds < 0 ? null : seconds;
}

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
