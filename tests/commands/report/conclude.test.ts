import { expect, test } from "bun:test";

import { conclude } from "../../../lib/commands/report/conclude.ts";
import type { FlushResult } from "../../../lib/deliver/flushed.ts";
import { type State, ephemeralState } from "../../../lib/state/state.ts";
import { dayMs, hourMs, start } from "../../support/stateFile.ts";
import { testWorld } from "../../support/testWorld.ts";
import { virtualClock } from "../../support/virtualClock.ts";

const done: FlushResult = {
  delivered: 1,
  confirmed: [1],
  kept: 0,
  reason: null,
  refused: 0,
  refusal: null,
  webhookGone: false,
  fault: null,
};
const refused: FlushResult = { ...done, refused: 1, refusal: "400" };
const waits: FlushResult = { ...done, delivered: 0, kept: 2, reason: "connection refused" };
const full = "no state: the disk is full";

/** A state that is kept, as far as `conclude` can tell. */
const kept = (): State => ({ ...ephemeralState({ kind: "asked", reason: "" }), ephemeral: null });
const without = (kind: "asked" | "unusable" | "newer") => ephemeralState({ kind, reason: "the disk is full" });

test.each<[string, State, FlushResult, number, readonly string[]]>([
  ["delivered", kept(), done, 0, []],
  ["nothing to say", kept(), { ...done, delivered: 0 }, 0, []],
  [
    "refused, a plain one out in its place",
    kept(),
    refused,
    75,
    ["refused for good: 400; 1 message, see server-metrics outbox"],
  ],
  ["refused altogether", kept(), { ...refused, delivered: 0 }, 75, [expect.stringContaining("refused for good")]],
  ["refused, and no state", without("unusable"), refused, 75, [expect.stringContaining("refused for good"), full]],
  ["kept", kept(), waits, 75, ["not delivered: connection refused; 2 messages kept for the next run"]],
  ["an old one out, this one not", kept(), { ...waits, delivered: 1 }, 75, [expect.stringContaining("kept")]],
  ["the webhook gone", kept(), { ...waits, webhookGone: true }, 69, [expect.stringContaining("2 messages kept")]],
  ["no state wanted", without("asked"), done, 0, []],
  ["no state to be had", without("unusable"), done, 73, [full]],
  ["a newer state", without("newer"), done, 78, [full]],
  [
    "neither state nor network",
    without("unusable"),
    { ...waits, kept: 1 },
    75,
    ["not delivered: connection refused; 1 message lost", full],
  ],
  ["delivered, not crossed out", kept(), { ...done, fault: "the disk is full" }, 73, [full]],
])("%s: the exit code and the lines", (_, state, flushed, code, lines) => {
  const world = testWorld();
  expect<number>(conclude(world, state, flushed)).toBe(code);
  expect(world.said).toEqual({ out: "", errors: [...lines] });
});

test("cron is told of a failure once and then once a day, until it is over", () => {
  using state = kept();
  const linesAt = (ms: number, flushed: FlushResult) => {
    const world = testWorld({ machine: { ...testWorld().machine, clock: virtualClock(start + ms) } });
    conclude(world, state, flushed);
    return world.said.errors.length;
  };
  expect([0, hourMs, dayMs - 1, dayMs, dayMs + 1].map((ms) => linesAt(ms, waits))).toEqual([1, 0, 0, 1, 0]);
  expect(linesAt(dayMs + 2, done)).toBe(0);
  expect(linesAt(dayMs + 3, waits)).toBe(1);
});

test("whoever sits before a terminal is always told", () => {
  using state = kept();
  const world = testWorld();
  const terminal = { ...world, output: { ...world.output, isTerminal: true } };
  for (const flushed of [done, waits, waits, { ...done, delivered: 3, confirmed: [1, 2, 3] }])
    conclude(terminal, state, flushed);
  expect(world.said.out).toBe("Posted\nPosted 3 messages\n");
  expect(world.said.errors).toHaveLength(2);
});

test.each<[string, FlushResult]>([
  ["Nothing to post", { ...done, delivered: 0, confirmed: [] }],
  ["Posted", done],
  ["1 message sent, but Discord's answer could not be read", { ...done, confirmed: [] }],
  ["Posted; 1 message sent, but Discord's answer could not be read", { ...done, delivered: 2 }],
])("%s: posted is what Discord gave an id", (said, flushed) => {
  using state = kept();
  const world = testWorld();
  conclude({ ...world, output: { ...world.output, isTerminal: true } }, state, flushed);
  expect(world.said).toEqual({ out: `${said}\n`, errors: [] });
});
