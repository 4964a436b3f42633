import { expect, test } from "bun:test";

import { askInTurn, readStatfs } from "../../lib/host/statfs.ts";

const usage = { totalBytes: 1, freeBytes: 1, availableBytes: 1, inodes: 1, inodesFree: 1 };
const paths = ["/a", "/b", "/c"].map((path) => Buffer.from(path));

test("file systems are asked one after the other", async () => {
  let inside = 0;
  let most = 0;
  const ask = askInTurn(
    async () => {
      most = Math.max(most, (inside += 1));
      await Promise.resolve();
      inside -= 1;
      return usage;
    },
    () => Promise.reject(new Error("asked elsewhere")),
  );
  expect(await Promise.all(paths.map(ask))).toEqual([usage, usage, usage]);
  expect(most).toBe(1);
});

test("behind one that hangs the others are asked elsewhere, and it keeps one thread only", async () => {
  const here: string[] = [];
  const hang = Promise.withResolvers<typeof usage>();
  const ask = askInTurn(
    (path) => {
      here.push(path.toString());
      return hang.promise;
    },
    async (path) => ({ ...usage, totalBytes: path.length }),
    1,
  );
  const [first, ...others] = paths.map(ask);
  expect(await Promise.all(others)).toEqual([
    { ...usage, totalBytes: 2 },
    { ...usage, totalBytes: 2 },
  ]);
  expect(here).toEqual(["/a"]);
  hang.reject(new Error("no answer within 2 s"));
  expect(first).rejects.toThrow("no answer");
});

test("one that fails does not take the others with it, and the next round starts afresh", async () => {
  const ask = askInTurn(
    async (path) => {
      if (path.toString() === "/a") throw new Error("EIO");
      return usage;
    },
    () => Promise.reject(new Error("asked elsewhere")),
  );
  const settled = await Promise.allSettled(paths.map(ask));
  expect(settled.map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled"]);
  expect(await ask(Buffer.from("/d"))).toEqual(usage);
});

test("a real file system answers in bytes", async () => {
  const { totalBytes, freeBytes, availableBytes } = await readStatfs(Buffer.from("/"));
  expect(totalBytes).toBeGreaterThan(freeBytes);
  expect(freeBytes).toBeGreaterThanOrEqual(availableBytes);
});

test("a mount point that is not there fails with the kernel's code", () => {
  expect(readStatfs(Buffer.from("/no/such\xFF", "latin1"))).rejects.toMatchObject({ code: "ENOENT" });
});
