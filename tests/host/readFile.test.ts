import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { errorCode } from "../../lib/errors.ts";
import { readNow, readOwn, readSoon } from "../../lib/host/readFile.ts";
import { run, temporaryDirectory } from "../support/project.ts";

const mib = 1024 ** 2;
const readers: readonly [string, (path: string, encoding: "utf8" | "latin1") => string | Promise<string>][] = [
  ["readNow", readNow],
  ["readSoon", readSoon],
];

test.each(readers)("%s reads what is there, of any length up to 1 MiB, and nothing longer", async (_, read) => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "file");
  for (const length of [0, 1, 64 * 1024, 64 * 1024 + 1, mib]) {
    writeFileSync(file, "é".repeat(length).slice(0, length));
    const text = readFileSync(file);
    const latin1 = text.subarray(0, mib).toString("latin1");
    writeFileSync(file, latin1, "latin1");
    expect(await read(file, "latin1")).toBe(latin1);
  }
  writeFileSync(file, "x".repeat(mib + 1));
  expect((async () => read(file, "utf8"))()).rejects.toThrow("larger than 1 MiB");
});

test.each(readers)("%s stops where a file has no end", async (_, read) => {
  expect((async () => read("/dev/zero", "utf8"))()).rejects.toThrow("larger than 1 MiB");
});

test.each(readers)("%s gives the list of mounts more room, and decodes as asked", async (_, read) => {
  using directory = temporaryDirectory();
  mkdirSync(join(directory.path, "proc/self"), { recursive: true });
  const file = join(directory.path, "proc/self/mountinfo");
  writeFileSync(file, "é".repeat(mib));
  expect(await read(file, "utf8")).toHaveLength(mib);
  expect(await read(file, "latin1")).toHaveLength(2 * mib);
  writeFileSync(file, "x".repeat(16 * mib + 1));
  expect((async () => read(file, "utf8"))()).rejects.toThrow("larger than 16 MiB");
});

test.each(readers)("%s gives the list of a package's files more room", async (_, read) => {
  using directory = temporaryDirectory();
  mkdirSync(join(directory.path, "lib/dpkg/info"), { recursive: true });
  const file = join(directory.path, "lib/dpkg/info/google-cloud-cli.list");
  writeFileSync(file, "x".repeat(4 * mib));
  expect(await read(file, "utf8")).toHaveLength(4 * mib);
});

test.each(readers)("%s tells by code what is wrong", async (_, read) => {
  expect((async () => read("/nonexistent", "utf8"))()).rejects.toMatchObject({ code: "ENOENT" });
  expect((async () => read("/etc", "utf8"))()).rejects.toMatchObject({ code: "EISDIR" });
});

test("a file of the owner's is a regular one of at most 1 MiB, and anything else is no wait", async () => {
  using directory = temporaryDirectory();
  const [small, large, fifo] = ["small", "large", "fifo"].map((name) => join(directory.path, name));
  if (small === undefined || large === undefined || fifo === undefined) throw new Error("three names");
  writeFileSync(small, "é");
  writeFileSync(large, "x".repeat(mib + 1));
  await run(["mkfifo", fifo]);
  expect(await readOwn(small)).toBe("é");
  const code = (path: string) =>
    readOwn(path).then(
      () => "read",
      (error: unknown) => errorCode(error),
    );
  const codes = await Promise.all([large, fifo, "/dev/zero", directory.path, join(directory.path, "none")].map(code));
  expect(codes).toEqual(["EFBIG", "ENOTSUP", "ENOTSUP", "EISDIR", "ENOENT"]);
});
