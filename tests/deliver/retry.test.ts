import type { Outcome } from "../../lib/deliver/outcome.ts";
import { backOffMs, retry } from "../../lib/deliver/retry.ts";
import { describe, expect, test } from "bun:test";

const fault: Outcome = { kind: "retry", reason: "502", ambiguous: false };
const lostAnswer: Outcome = { kind: "retry", reason: "504", ambiguous: true };
const limited = (afterMs: number): Outcome => ({ ...fault, afterMs });
const budget = 30_000;
const stop = { again: false } as const;

describe("a fault that surely delivered nothing", () => {
  test.each([
    [1, 0, 0],
    [1, 0.5, 500],
    [1, 0.999, 999],
    [2, 0.5, 1000],
    [2, 0.999, 1998],
  ])("after attempt %d with a draw of %d waits %d ms", (attempt, random, waitMs) => {
    expect(retry(fault, attempt, budget, random)).toEqual({ again: true, waitMs });
  });

  test("ends after three tries in all", () => {
    expect(retry(fault, 3, budget, 0)).toEqual(stop);
  });

  test("ends when the wait does not fit any more", () => {
    expect(retry(fault, 1, 499, 0.5)).toEqual(stop);
  });
});

describe("an ambiguous fault", () => {
  test("is repeated once, and not at once", () => {
    expect(retry(lostAnswer, 1, budget, 0)).toEqual({ again: true, waitMs: 2000 });
    expect(retry(lostAnswer, 1, budget, 0.5)).toEqual({ again: true, waitMs: 2500 });
    expect(retry(lostAnswer, 2, budget, 0)).toEqual(stop);
  });

  test("waits longer when it was asked to", () => {
    expect(retry({ ...lostAnswer, afterMs: 9000 }, 1, budget, 0)).toEqual({ again: true, waitMs: 9000 });
  });
});

describe("a rate limit", () => {
  test.each([
    [1, 0, 1337],
    [1, 0.5, 3337],
    [2, 0.5, 9337],
  ])("at attempt %d with a draw of %d waits as long as it was told, and its turn: %d ms", (attempt, random, waitMs) => {
    expect(retry(limited(1337), attempt, budget, random)).toEqual({ again: true, waitMs });
  });

  test("waits to the last millisecond of the budget and not one more", () => {
    expect(retry(limited(30_000), 1, budget, 0)).toEqual({ again: true, waitMs: 30_000 });
    expect(retry(limited(30_001), 1, budget, 0)).toEqual(stop);
  });

  test("is met again as long as the turns fit into the budget", () => {
    expect(retry(limited(2000), 9, budget, 0)).toEqual({ again: true, waitMs: 2000 });
    expect(retry(limited(2000), 3, budget, 0.5)).toEqual(stop);
  });

  test("of no time at all is not met for ever", () => {
    expect(retry(limited(0), 10, budget, 0)).toEqual(stop);
  });
});

test.each([
  { kind: "delivered", messageId: "1" },
  { kind: "blocked", reason: "429", afterMs: 0 },
  { kind: "uneditable", reason: "404" },
  { kind: "deferred", reason: "400" },
  { kind: "rejected", reason: "400", part: "body" },
  { kind: "gone", reason: "404" },
] satisfies Outcome[])("nothing follows $kind", (outcome) => {
  expect(retry(outcome, 1, budget, 0)).toEqual(stop);
});

test("a deferred message waits longer each time, half an hour at most", () => {
  expect([1, 2, 3, 5, 6, 500].map((attempt) => backOffMs(attempt) / 60_000)).toEqual([1, 2, 4, 16, 30, 30]);
});
