import { expect, test } from "bun:test";

import { summarise } from "./summary.ts";

const junit = `<testsuites>
  <testcase name="reads &lt;a&gt;" classname="" time="0" file="tests/a.test.ts" line="1" />
  <testcase name="asks &quot;it&quot; &amp; me — needs the package strace" classname="" time="0" file="tests/a.test.ts" line="3">
    <skipped />
  </testcase>
</testsuites>`;

test("a good run ends with its counts, and names what it skipped", () => {
  const log = "(pass) reads\n\n 1 pass\n 1 skip\n 0 fail\n 2 expect() calls\nRan 2 tests across 1 file. [4.00ms]\n";
  expect(summarise(log, junit, 0)).toEqual({
    lines: [
      'SKIPPED: tests/a.test.ts: asks "it" & me — needs the package strace',
      "1 test needs Debian packages: sudo apt-get install strace",
      "1 passed, 0 failed, 1 skipped",
    ],
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

const skippedCase = (name: string, group = "") =>
  `<testcase name="${name}" classname="${group}" time="0" file="tests/a.test.ts" line="1">\n<skipped />\n</testcase>\n`;

test("what is skipped ends in a line for each reason, with the command that would run it", () => {
  const mixed = [
    skippedCase("one — needs root"),
    skippedCase("two — needs root that may mount, the package iproute2"),
    skippedCase("three — needs the package tmux"),
    skippedCase("four", "a group — needs the package openssl"),
    skippedCase("five — needs the package registry, an x64 machine"),
    skippedCase("six — needs an x64 machine, a memory cgroup"),
    skippedCase("seven"),
  ];
  const { lines } = summarise("\n 1 pass\n 7 skip\nRan 8 tests across 1 file.\n", mixed.join(""), 0);
  expect(lines[3]).toBe("SKIPPED: tests/a.test.ts: a group — needs the package openssl: four");
  expect(lines.slice(7)).toEqual([
    "2 tests need root: sudo npm test",
    "2 tests need Debian packages: sudo apt-get install iproute2 openssl tmux",
    "1 test needs the package registry: with a network, npm test",
    "1 test needs what is not here (a memory cgroup, an x64 machine): where it is, npm test",
    "1 test needs something that its name does not say",
    "1 passed, 0 failed, 7 skipped",
  ]);
});

test("to root that may not mount nobody says sudo", () => {
  const skipped = skippedCase("one — needs root that may mount");
  expect(summarise("\n 1 pass\n 1 skip\nRan 2 tests across 1 file.\n", skipped, 0, true).lines).toContain(
    "1 test needs root that may mount: outside of this container: npm test",
  );
});
