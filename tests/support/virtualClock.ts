import type { Clock } from "../../lib/clock.ts";

/** A clock whose sleeps take no time and move it on; `slept` lists them, in milliseconds. */
export interface VirtualClock extends Clock {
  readonly slept: readonly number[];
}

/** Starts at `startMs`, milliseconds since the epoch. */
export function virtualClock(startMs = Date.parse("2026-08-01T12:00:00Z")): VirtualClock {
  const slept: number[] = [];
  let elapsedMs = 0;
  const sleep = async (ms: number, signal?: AbortSignal) => {
    signal?.throwIfAborted();
    slept.push(ms);
    elapsedMs += ms;
  };
  return { slept, sleep, now: () => startMs + elapsedMs, monotonicMs: () => elapsedMs };
}
