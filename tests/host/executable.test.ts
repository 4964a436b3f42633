import { expect, test } from "bun:test";
import { chmodSync, chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { executable } from "../../lib/host/executable.ts";
import { root, testWhen } from "../support/programNeeds.ts";
import { temporaryDirectory } from "../support/project.ts";

const nobody = 65_534;
/** A file in a directory in a directory of ours, after somebody has changed something. */
function isOthers(change: (file: string, directory: string) => void): boolean {
  using parent = temporaryDirectory();
  const directory = join(parent.path, "bin");
  const file = join(directory, "server-metrics");
  mkdirSync(directory, { mode: 0o755 });
  writeFileSync(file, "", { mode: 0o755 });
  change(file, directory);
  return executable.isOthers(file);
}

test.each<[string, boolean, (file: string, directory: string) => void]>([
  ["nothing", false, () => undefined],
  ["its group writes it", true, (file) => chmodSync(file, 0o770)],
  ["anybody writes it", true, (file) => chmodSync(file, 0o702)],
  ["its directory's group", false, (_, directory) => chmodSync(directory, 0o2775)],
  ["anybody replaces it", true, (_, directory) => chmodSync(directory, 0o777)],
  ["a directory like /tmp", false, (_, directory) => chmodSync(directory, 0o1777)],
])("%s: may others change a file? %p", (_, expected, change) => {
  expect(isOthers(change)).toBe(expected);
});

testWhen([root])("what belongs to others, or lies in what does, they may change", () => {
  expect(isOthers((file) => chownSync(file, nobody, nobody))).toBe(true);
  expect(isOthers((_, directory) => chownSync(directory, nobody, nobody))).toBe(true);
});

test("what is not there nobody changes, and a test runs from source", () => {
  expect(executable.isOthers("/nowhere/at/all")).toBe(false);
  expect(executable.isCompiled).toBe(false);
});
