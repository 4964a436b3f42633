import { expect, test } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { takeLock } from "../../lib/state/lock.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";

/** A process that takes the lock, says whether it has it, and holds it until its input ends. */
const holder = `
  import { takeLock } from "${join(projectRoot, "lib/state/lock.ts")}";
  const lock = takeLock(process.argv[1]);
  process.stdout.write(lock === null ? "busy" : "mine");
  if (lock !== null) for await (const _ of Bun.stdin.stream());
  lock?.[Symbol.dispose]();
`;

function startHolder(directory: string) {
  const child = Bun.spawn([process.execPath, "-e", holder, directory], { stdin: "pipe", stdout: "pipe" });
  const says = child.stdout.getReader().read();
  return { child, says: says.then(({ value }) => new TextDecoder().decode(value)) };
}

test("of twenty that start at once, one has the lock", async () => {
  using directory = temporaryDirectory();
  const holders = Array.from({ length: 20 }, () => startHolder(directory.path));
  const words = await Promise.all(holders.map(({ says }) => says));
  expect(words.filter((word) => word === "mine")).toHaveLength(1);
  expect(words.filter((word) => word === "busy")).toHaveLength(19);
  for (const { child } of holders) void child.stdin.end();
});

test("a holder that was killed has left nothing behind", async () => {
  using directory = temporaryDirectory();
  const { child, says } = startHolder(directory.path);
  expect(await says).toBe("mine");
  expect(takeLock(directory.path)).toBeNull();
  child.kill("SIGKILL");
  await child.exited;
  using lock = takeLock(directory.path);
  expect(lock).not.toBeNull();
});

test("a damaged lock file is healed, for it should hold nothing", () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "lock.db"), "garbage".repeat(1000));
  using lock = takeLock(directory.path);
  expect(lock).not.toBeNull();
});

test.each<[string, (path: string) => void]>([
  ["a link", (path) => symlinkSync("elsewhere.db", path)],
  ["a directory", (path) => mkdirSync(path)],
])("a lock file that is %s is refused", (_, make) => {
  using directory = temporaryDirectory();
  make(join(directory.path, "lock.db"));
  expect(() => takeLock(directory.path)).toThrow();
});
