import type { Clock } from "../../lib/clock.ts";

/** Time for many at once: it stands still while anybody works, and leaps to the next moment when all of them wait. */
export interface VirtualTime {
  readonly clock: Clock;
  /** Calls back at a moment, milliseconds since the epoch; what it returns is waited for. */
  readonly at: (ms: number, work: () => Promise<void> | void) => void;
  /** Lets time pass until nothing is left to happen. */
  readonly pass: () => Promise<void>;
}

interface Moment {
  readonly ms: number;
  /** Of the same moment the first that asked comes first, so that every run of a simulation is the same. */
  readonly order: number;
  readonly wake: () => void;
}

/** Starts at `startMs`. Whoever waits must do so by this clock: any other wait counts as work. */
export function virtualTime(startMs: number): VirtualTime {
  const moments: Moment[] = [];
  let nowMs = startMs;
  let orders = 0;
  let working = 0;
  let idle = () => undefined as void;
  const rest = () => {
    working -= 1;
    if (working === 0) idle();
  };
  const plan = (ms: number, wake: () => void) => push(moments, { ms: Math.max(ms, nowMs), order: (orders += 1), wake });
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      let over = false;
      const end = (settle: () => void) => () => {
        if (over) return;
        over = true;
        working += 1;
        settle();
      };
      plan(nowMs + ms, end(resolve));
      signal?.addEventListener(
        "abort",
        end(() => reject(signal.reason)),
        { once: true },
      );
      rest();
    });
  return {
    clock: { now: () => nowMs, monotonicMs: () => nowMs - startMs, sleep },
    at: (ms, work) =>
      plan(ms, () => {
        working += 1;
        void Promise.resolve(work()).finally(rest);
      }),
    pass: async () => {
      for (let next = pop(moments); next !== undefined; next = pop(moments)) {
        nowMs = next.ms;
        const everybodyWaits = new Promise<void>((resolve) => (idle = resolve));
        next.wake();
        if (working > 0) await everybodyWaits;
      }
    },
  };
}

const isBefore = (one: Moment, other: Moment) => one.ms < other.ms || (one.ms === other.ms && one.order < other.order);

/** A binary heap: there are hundreds of thousands of moments. */
function push(heap: Moment[], moment: Moment): void {
  let place = heap.push(moment) - 1;
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above]!;
    if (!isBefore(moment, parent)) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = moment;
}

function pop(heap: Moment[]): Moment | undefined {
  const [first] = heap;
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
    const child = right !== undefined && isBefore(right, left!) ? right : left;
    if (child === undefined || !isBefore(child, last)) break;
    heap[place] = child;
    place = child === left ? 2 * place + 1 : 2 * place + 2;
  }
  heap[place] = last;
  return first;
}
