import { expect, test } from "bun:test";

import { endsSilently } from "../../lib/alerts/announce.ts";
import { newTarget } from "../../lib/alerts/state.ts";

const inhibition = { severity: null, isOver: true, recoveryToldMs: 2000 } as const;
const over = { ...newTarget(0), said: "warning", saidMs: 1000 } as const;

test("the end of an incident is silent when the reader has heard since that another, which says the same, is over", () => {
  expect(endsSilently(over, inhibition)).toBe(true);
});

test.each([
  ["it has not ended", { ...over, severity: "warning" }],
  ["it was never told", { ...over, said: null }],
  ["it was told of again since then", { ...over, saidMs: 3000 }],
  ["it goes back and forth, which nobody knows to be over", { ...over, flapping: true }],
] as const)("but not when %s", (_, state) => {
  expect(endsSilently(state, inhibition)).toBe(false);
});

test("nor when nothing else was over", () => {
  expect(endsSilently(over, { ...inhibition, recoveryToldMs: null })).toBe(false);
});
