import * as v from "valibot";

/** Time as a parameter, so that no test has to sleep. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds on a clock that is never set, from an arbitrary start. */
  readonly monotonicMs: () => number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it is aborted first. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const abort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", abort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", abort, { once: true });
    }),
};

/**
 * The promise, or a rejection with `${late} within N s` once `ms` milliseconds are over. What the promise still does then
 * is ignored: a system call stuck in the kernel cannot be called back.
 */
export async function withDeadline<T>(promise: Promise<T>, ms: number, late: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${late} within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** A minute, in milliseconds. */
export const minuteMs = 60_000;

/** An hour, in milliseconds. */
export const hourMs = 3_600_000;

/** A day, in milliseconds; one of the calendar may have an hour more or less. */
export const dayMs = 24 * hourMs;

/** A time in milliseconds since the epoch that a date can be made of. */
export const timeMs = v.pipe(v.number(), v.minValue(-8.64e15), v.maxValue(8.64e15));

/** Which slot of the clock a time is in, counted from the epoch, so that slots begin at the full hour of UTC. */
export const slotOf = (ms: number, slotMs: number): number => Math.floor(ms / slotMs);
