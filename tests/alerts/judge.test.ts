import { expect, test } from "bun:test";
import * as v from "valibot";

import { type Thresholds, judge, levelOf } from "../../lib/alerts/judge.ts";
import { newTarget, TargetState } from "../../lib/alerts/state.ts";

const disk: Thresholds = {
  warning: { raise: 85, clear: 80, runs: 1 },
  critical: { raise: 95, clear: 90, runs: 1 },
  runsToClear: 2,
  forMs: 0,
};
const memory: Thresholds = {
  warning: { raise: 10, clear: 15, runs: 2 },
  critical: { raise: 5, clear: 10, runs: 2 },
  runsToClear: 2,
  forMs: 0,
};
const serviceDown: Thresholds = { warning: null, critical: { raise: 0, clear: 1, runs: 1 }, runsToClear: 2, forMs: 0 };

/** A look, one every half hour. */
const lookAt = (run: number, value: number, thresholds: Thresholds) => ({
  value,
  thresholds,
  nowMs: run * everyMs,
  standsForMs: run === 0 ? 0 : everyMs,
});
const everyMs = 1_800_000;

/** What state each value leaves behind, as letters: well, warning, critical. */
function judged(thresholds: Thresholds, values: readonly number[]): string {
  const letters: string[] = [];
  let state = newTarget(0);
  for (const [run, value] of values.entries()) {
    // Through the state file, as after a reboot.
    state = judge(v.parse(TargetState, JSON.parse(JSON.stringify(state))), lookAt(run, value, thresholds));
    letters.push(state.severity === null ? "." : state.severity === "warning" ? "w" : "C");
  }
  return letters.join("");
}

test.each([
  ["on a line is beyond it", disk, [84.9, 85, 94.9, 95], ".wwC"],
  ["up is at once, from nothing to critical", disk, [50, 97], ".C"],
  ["down is only through the clear line", disk, [86, 84, 81, 81, 81], "wwwww"],
  ["down takes two runs", disk, [86, 79, 79], "ww."],
  ["two runs in a row: one on the wrong side begins anew", disk, [86, 79, 81, 79, 79], "wwww."],
  ["from critical to warning through the clear line of critical", disk, [96, 93, 89, 89], "CCCw"],
  ["and from there to well through the clear line of warning", disk, [96, 89, 89, 79, 79], "CCww."],
  ["from critical to well at once when all is clear", disk, [96, 40, 40], "CC."],
  ["worse again while it clears", disk, [96, 79, 96, 79, 79], "CCCC."],
  ["where bad lies below, all is the other way round", memory, [9, 9, 14, 14, 16, 15], ".wwww."],
  ["two runs to raise, in a row", memory, [11, 9, 11, 11, 9, 9], ".....w"],
  ["or two of three", memory, [11, 9, 11, 9], "...w"],
  ["critical needs its own runs; meanwhile it counts as a warning", memory, [9, 4, 4], ".wC"],
  ["two critical runs at once are critical, without a warning before", memory, [4, 4], ".C"],
  ["without a warning line there is nothing between", serviceDown, [1, 0, 1, 1], ".CC."],
] as const)("%s", (_, thresholds, values, expected) => {
  expect(judged(thresholds, values)).toBe(expected);
});

test("so many runs to clear as are set", () => {
  expect(judged({ ...disk, runsToClear: 1 }, [86, 79])).toBe("w.");
  expect(judged({ ...disk, runsToClear: 3 }, [86, 79, 79, 79])).toBe("www.");
});

test("a value by itself has a level, whatever was before", () => {
  expect([84, 85, 95].map((value) => levelOf(value, disk))).toEqual([null, "warning", "critical"]);
  expect([11, 10, 5].map((value) => levelOf(value, memory))).toEqual([null, "warning", "critical"]);
});

test("the beginning and the end of an incident are kept until the next one", () => {
  const values = [70, 90, 96, 96, 70, 70, 70];
  const states = values.reduce(
    (all, value, run) => [...all, judge(all.at(-1) ?? newTarget(0), lookAt(run, value, disk))],
    [newTarget(0)],
  );
  expect(states.at(-1)).toMatchObject({ severity: null, sinceMs: everyMs, endedMs: 5 * everyMs });
});
