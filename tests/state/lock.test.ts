import { expect, test } from "bun:test";
import { linkSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Held, heldUntil, type Lock, takeLock } from "../../lib/state/lock.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { hourMs, minuteMs, start } from "../support/stateFile.ts";

/** A process that takes the lock, says whether it has it, and holds it until its input ends. */
const holder = `
  import { takeLock } from "${join(projectRoot, "lib/state/lock.ts")}";
  const lock = takeLock(process.argv[1], Date.now());
  process.stdout.write(lock.kind === "held" ? "busy" : "mine");
  if (lock.kind === "taken") for await (const _ of Bun.stdin.stream());
  lock[Symbol.dispose]?.();
`;

function startHolder(directory: string) {
  const child = Bun.spawn([process.execPath, "-e", holder, directory], { stdin: "pipe", stdout: "pipe" });
  const says = child.stdout.getReader().read();
  return { child, says: says.then(({ value }) => new TextDecoder().decode(value)) };
}

/** Gives back a lock, which must be ours. */
function release(lock: Lock | Held): void {
  if (lock.kind === "held") throw new Error("somebody else has it");
  lock[Symbol.dispose]();
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
  expect(takeLock(directory.path, start)).toMatchObject({ kind: "held" });
  child.kill("SIGKILL");
  await child.exited;
  release(takeLock(directory.path, start));
});

test("a damaged lock file is healed, for it should hold nothing", () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "lock.db"), "garbage".repeat(1000));
  release(takeLock(directory.path, start));
});

test.each<[string, (path: string) => void]>([
  ["a link", (path) => symlinkSync("elsewhere.db", path)],
  ["a directory", (path) => mkdirSync(path)],
])("a lock file that is %s is refused", (_, make) => {
  using directory = temporaryDirectory();
  make(join(directory.path, "lock.db"));
  expect(() => takeLock(directory.path, start)).toThrow();
});

test("a lock that is held says until when its holder may live", () => {
  using directory = temporaryDirectory();
  const lock = takeLock(directory.path, start + minuteMs);
  expect(takeLock(directory.path, start + hourMs)).toEqual({ kind: "held", untilMs: start + minuteMs });
  expect(heldUntil(directory.path)).toBe(start + minuteMs);
  release(lock);
  expect(heldUntil(directory.path)).toBeNull();
});

test("a hard link in the lock's place costs its owner nothing", () => {
  using directory = temporaryDirectory();
  const precious = join(directory.path, "precious");
  writeFileSync(precious, "not a database, and dear to somebody");
  linkSync(precious, join(directory.path, "lock.db"));
  expect(() => takeLock(directory.path, start)).toThrow();
  expect(readFileSync(precious, "utf8")).toStartWith("not a database");
});
