import type { OutboxRow } from "../state/outboxRow.ts";

/** Half of what usually lies between two reports, so that none is passed over. */
const longestTurnMs = 15 * 60_000;

/**
 * What comes on top of a wait that others were told as well, milliseconds: they must not all come back in one moment, and
 * the longer the queue lasts, the longer is the time that it spreads over. `attempt` counts from 1.
 */
export function turnMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(1000 * 4 ** attempt, longestTurnMs));
}

/**
 * Whether a message that had to wait is to wait for a turn of its own besides, because others were told the same. The draw
 * stays the same until it is refused again. Messages that go before it need not wait for that.
 */
export function hasTurnAhead({ id, attempts, not_before: askedMs }: OutboxRow, nowMs: number): boolean {
  const draw = Bun.hash.xxHash32(`${id} ${askedMs}`) / 2 ** 32;
  return attempts > 0 && askedMs > 0 && askedMs <= nowMs && nowMs < askedMs + turnMs(attempts, draw);
}
