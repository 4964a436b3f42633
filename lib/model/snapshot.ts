import type { MetricName, Readings, Values } from "../metrics/index.ts";
import type { Earlier } from "./metric.ts";

/** One run's readings of a machine, plain JSON: raw counters and states, no rates. What the next run compares with. */
export interface Snapshot {
  /** Milliseconds since the epoch, by the machine's clock. */
  readonly takenAtMs: number;
  readonly readings: Readings;
  /** Of what carries on over runs and could not be read in this one: the last values. */
  readonly remembered?: Partial<Values>;
  /** When the errand of the day was last run; absent for never. */
  readonly errandMs?: number;
}

/** A snapshot that was kept; metrics that it lacks, or has in the shape of another version, count as not read. */
export interface KeptSnapshot {
  readonly takenAtMs: number;
  readonly readings: Partial<Readings>;
  /** The last values of what carries on over runs, of this run or an earlier one. */
  readonly remembered?: Partial<Values>;
  readonly errandMs?: number;
}

/** The boot a snapshot belongs to and how far into it, in seconds; null where the kernel did not say. */
export function bootOf(snapshot: KeptSnapshot): { readonly bootId: string; readonly uptimeSeconds: number } | null {
  const { host } = snapshot.readings;
  if (host?.status !== "ok") return null;
  const { bootId, uptimeSeconds } = host.value;
  return bootId === null || uptimeSeconds === null ? null : { bootId, uptimeSeconds };
}

/** Seconds between two snapshots of one boot; null when the machine was or may have been rebooted. */
export function secondsBetween(before: KeptSnapshot, now: KeptSnapshot): number | null {
  const [then, present] = [bootOf(before), bootOf(now)];
  if (then === null || present === null || then.bootId !== present.bootId) return null;
  // A container has its host's boot id, so only its uptime shows a restart.
  const seconds = present.uptimeSeconds - then.uptimeSeconds;
  return seconds < 0 ? null : seconds;
}

/** The earlier readings to compare with, by metric. */
export interface Comparison {
  readonly earlier: <Name extends MetricName>(name: Name) => Earlier<Values[Name]>;
}
