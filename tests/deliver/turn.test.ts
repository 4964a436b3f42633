import { expect, test } from "bun:test";

import { hasTurnAhead, turnMs } from "../../lib/deliver/retry.ts";
import { enqueue, postpone, waiting } from "../../lib/state/outbox.ts";
import { inMemory, start, waitingReport } from "../support/stateFile.ts";

test("a queue spreads over longer and longer times, a quarter of an hour at most", () => {
  expect([1, 2, 4, 5, 50].map((attempt) => turnMs(attempt, 0.5))).toEqual([2000, 8000, 128_000, 450_000, 450_000]);
});

/** Messages that were refused so often, each at its own moment. */
function refused(attempts: number, notBeforeMs: number) {
  using database = inMemory();
  for (let number = 0; number < 1000; number += 1) {
    const id = enqueue(database, waitingReport("one"), start);
    const asked = { reason: "429", notBeforeMs: notBeforeMs === 0 ? 0 : notBeforeMs + number, ambiguous: false };
    postpone(database, id, asked);
  }
  database.run("UPDATE outbox SET attempts = ?", [attempts]);
  return waiting(database);
}

test("of those who were refused at once some are soon at it again, and all within their longest turn", () => {
  const rows = refused(3, start);
  const ahead = (seconds: number) => rows.filter((row) => hasTurnAhead(row, start + 1000 + seconds * 1000)).length;
  expect(Math.abs(ahead(32) - 500)).toBeLessThan(50);
  expect(ahead(64)).toBe(0);
});

test("nobody has a turn who was not told to wait or not refused, nor after a clock was set back", () => {
  expect(refused(0, start - 1000).filter((row) => hasTurnAhead(row, start))).toEqual([]);
  expect(refused(9, 0).filter((row) => hasTurnAhead(row, start))).toEqual([]);
  expect(refused(9, start + 1).filter((row) => hasTurnAhead(row, start))).toEqual([]);
});
