import { expect, test } from "bun:test";
import { closeSync, constants, openSync, writeSync } from "node:fs";
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { run, temporaryDirectory } from "../support/project.ts";

/** The writing end of a pipe that does not block, is full, and is read by nobody. */
async function fullPipe(directory: string): Promise<number> {
  const path = join(directory, "pipe");
  expect((await run(["mkfifo", path])).status).toBe(0);
  const descriptor = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  const fill = () => {
    for (;;) writeSync(descriptor, "x".repeat(4096));
  };
  expect(fill).toThrow("EAGAIN");
  return descriptor;
}

test("a reader that takes nothing is waited for without work, and not for ever", async () => {
  using directory = temporaryDirectory();
  const pipe = await fullPipe(directory.path);
  const child = Bun.spawn([await binary, "--version"], { stdio: ["ignore", pipe, "ignore"] });
  expect(await child.exited).toBe(0);
  closeSync(pipe);
  const { cpuTime } = child.resourceUsage() ?? {};
  // Microseconds; the start alone takes some 20,000, and a loop that does not pause millions.
  expect(Number(cpuTime?.total)).toBeLessThan(1_000_000);
});

test("where standard error is no terminal, as under cron, no run says what it waits for", async () => {
  const { status, stderr } = await run([await binary, "show", "--sample", "1", "--state-dir", "none"]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});
