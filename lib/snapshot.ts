import type { Readings } from "./metrics/index.ts";

/** One run's readings of a machine, plain JSON: raw counters and states, no rates. What the next run compares with. */
export interface Snapshot {
  /** Milliseconds since the epoch, by the machine's clock. */
  readonly takenAtMs: number;
  readonly readings: Readings;
}

/** The boot a snapshot belongs to and how far into it, in seconds; null where the kernel did not say. */
export function bootOf(snapshot: Snapshot): { readonly bootId: string; readonly uptimeSeconds: number } | null {
  const { host } = snapshot.readings;
  if (host.status !== "ok") return null;
  const { bootId, uptimeSeconds } = host.value;
  return bootId === null || uptimeSeconds === null ? null : { bootId, uptimeSeconds };
}
