import { expect, test } from "bun:test";

import { summarise } from "./summary.ts";

const junit = `<testsuites>
  <testcase name="reads &lt;a&gt;" classname="" time="0" file="tests/a.test.ts" line="1" />
  <testcase name="needs &quot;strace&quot; &amp; root" classname="" time="0" file="tests/a.test.ts" line="3">
    <skipped />
  </testcase>
</testsuites>`;

test("a good run ends with its counts, and names what it skipped", () => {
  const log = "(pass) reads\n\n 1 pass\n 1 skip\n 0 fail\n 2 expect() calls\nRan 2 tests across 1 file. [4.00ms]\n";
  expect(summarise(log, junit, 0)).toEqual({
    lines: ['SKIPPED: tests/a.test.ts: needs "strace" & root', "1 passed, 0 failed, 1 skipped"],
    passes: true,
  });
});

test("only the runner's own counts count, not what a test printed", () => {
  const log =
    " 9 pass\n 0 fail\nRan 9 tests across 1 file.\nmore\n 1 pass\n 1 todo\n 2 fail\nRan 4 tests across 1 file. [1ms]\n";
  expect(summarise(log, "", 1)).toEqual({ lines: ["1 passed, 2 failed, 1 skipped"], passes: false });
});

test("files that did not load are failures, though no test failed", () => {
  const log = "\n 3 pass\n 0 fail\n 2 errors\nRan 3 tests across 3 files. [1ms]\n";
  expect(summarise(log, "", 1)).toEqual({ lines: ["3 passed, 2 failed, 0 skipped"], passes: false });
});

test.each([
  ["the runner crashed", "(pass) reads\n", 132],
  ["the runner crashed and said success", "(pass) reads\n", 0],
  ["every count is good but the status is not", " 1 pass\n 0 fail\nRan 1 test across 1 file. [1ms]\n", 1],
  ["no test ran", " 0 pass\n 0 fail\nRan 0 tests across 1 file. [1ms]\n", 0],
  ["every test was skipped", " 0 pass\n 5 skip\n 0 fail\nRan 5 tests across 1 file. [1ms]\n", 0],
])("the run fails when %s", (_, log, status) => {
  const { lines, passes } = summarise(log, "", status);
  expect(passes).toBe(false);
  expect(lines.at(-1)).toMatch(/^\d+ passed, \d+ failed, \d+ skipped$/);
});
