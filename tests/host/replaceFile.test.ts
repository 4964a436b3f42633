import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { replaceFile } from "../../lib/host/replaceFile.ts";
import { temporaryDirectory } from "../support/project.ts";

test("a file is replaced, may be read by all, and nothing else is left", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "a.prom");
  expect(replaceFile(path, "one\n")).toBeNull();
  const first = statSync(path).ino;
  const before = process.umask(0o077);
  expect(replaceFile(path, "two\n")).toBeNull();
  process.umask(before);
  expect(readFileSync(path, "utf8")).toBe("two\n");
  expect(statSync(path).mode & 0o777).toBe(0o644);
  expect(statSync(path).ino).not.toBe(first);
  expect(readdirSync(directory.path)).toEqual(["a.prom"]);
});

test("where it cannot be written, it says why, and leaves nothing", () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "missing/a.prom");
  expect(replaceFile(path, "one\n")).toBe("its directory does not exist");
  expect(readdirSync(directory.path)).toEqual([]);
});

test("what cannot even be cleaned up after is said all the same", () => {
  expect(replaceFile(`/tmp/${"a".repeat(250)}.prom`, "one\n")).toBe("could not be written (ENAMETOOLONG)");
});

test("a link, a device and a directory stay what they are", () => {
  using directory = temporaryDirectory();
  const link = join(directory.path, "link.prom");
  symlinkSync("/dev/null", link);
  for (const path of [link, "/dev/null", directory.path]) {
    expect(replaceFile(path, "one\n")).toBe("is not a regular file");
  }
  expect(existsSync(link)).toBe(true);
});
