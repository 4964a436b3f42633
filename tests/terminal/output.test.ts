import { expect, test } from "bun:test";
import { closeSync, constants, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

import { binary } from "../support/binary.ts";
import { testWith, testWithPrograms } from "../support/needs.ts";
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

test("what was typed does not steer the terminal", async () => {
  const typed = "\u001B[31m\u009B5m\u202E";
  for (const words of [[`--${typed}`], [typed], ["--config", typed], ["show", "--state-dir", typed]]) {
    const { stdout, stderr } = await run([await binary, ...words], { env: { DISCORD_WEBHOOK_URL: "" } });
    expect(["\u001B", "\u009B", "\u202E"].filter((one) => (stdout + stderr).includes(one))).toEqual([]);
  }
});

testWith()("without /dev, as in a rescue system, the program does its work", async () => {
  // A character device that is open already, as the terminal is.
  const script = 'exec >/dev/zero; mount -t tmpfs tmpfs /dev; exec "$0" --version';
  const { status, stderr } = await run(["unshare", "--mount", "sh", "-c", script, await binary]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

testWithPrograms("strace")("an output that cannot be examined is no terminal", async () => {
  using directory = temporaryDirectory();
  const log = join(directory.path, "log");
  writeFileSync(log, "");
  const inject = ["-f", "-qq", "-o", "/dev/null", "-P", log, "-e", "trace=fstat", "-e", "inject=fstat:error=EIO"];
  const command = ["strace", ...inject, await binary, "show", "--sample", "0", "--state-dir", "none"];
  const { status, stderr } = await run(["sh", "-c", '"$@" >>"$0"', log, ...command]);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(readFileSync(log, "utf8")).toContain("Memory");
});
