import { expect, test } from "bun:test";

import { endsSilently, type Seen } from "../../lib/alerts/announce.ts";
import { newTarget } from "../../lib/alerts/state.ts";

const inhibition = { severity: null, isOver: true, recoveryToldMs: 2000 } as const;
const over = { ...newTarget(0), said: "warning", saidMs: 1000 } as const;
const seen: Seen = { before: newTarget(0), state: over, level: null, inhibition, endsByItself: false, nowMs: 3000 };

test("the end of an incident is silent when the reader has heard since that another, which says the same, is over", () => {
  expect(endsSilently(seen)).toBe(true);
});

test.each([
  ["it has not ended", { ...over, severity: "warning" }],
  ["it was never told", { ...over, said: null }],
  ["it was told of again since then", { ...over, saidMs: 3000 }],
  ["it comes again and again, which nobody knows to be over", { ...over, recurringSinceMs: 0 }],
] as const)("but not when %s", (_, state) => {
  expect(endsSilently({ ...seen, state })).toBe(false);
});

test("nor when nothing else was over", () => {
  expect(endsSilently({ ...seen, inhibition: { ...inhibition, recoveryToldMs: null } })).toBe(false);
});
