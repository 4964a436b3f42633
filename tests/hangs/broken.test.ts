import { expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";

import { type Checkout, checkout } from "../support/checkout.ts";

const token = "wh-token_0123456789abcdefghij";
const webhook = `https://discord.com/api/webhooks/123456789012345678/${token}`;

/** Replaces a text that must be there. */
function patch(mine: Checkout, file: string, before: string, after: string): void {
  const source = readFileSync(mine.at(file), "utf8");
  expect(source).toContain(before);
  writeFileSync(
    mine.at(file),
    source.replace(before, () => after),
  );
}

async function build(mine: Checkout): Promise<string> {
  const { status, stderr } = await mine.build([], { DISCORD_WEBHOOK_URL: webhook });
  expect([status, stderr]).toEqual([0, ""]);
  return mine.at("dist/server-metrics");
}

/** Runs a program that may turn out never to end, and says how much of the CPU it took. */
async function runBroken(command: readonly string[]) {
  const child = Bun.spawn([...command], { env: {}, stdin: "ignore", stdout: "pipe", stderr: "pipe", timeout: 30_000 });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return {
    status: child.exitCode,
    stdout,
    stderr,
    cpuSeconds: Number(child.resourceUsage()?.cpuTime.total ?? NaN) / 1e6,
  };
}

const plain = ["report", "--dry-run", "--sample", "0", "--state-dir", "none"];
const pipeline = "return main({";

test.concurrent.each([
  ["a throw at the top of a module", "lib/main.ts", "export async function main", `throw new Error("${token}");\n`],
  ["a throw in the program", "index.ts", pipeline, `throw new Error("${token}");\n`],
  ["a rejection that nobody awaits", "index.ts", pipeline, `void Promise.reject(new Error("${token}"));\nawait 0;\n`],
])("%s ends the program at once, as a bug, without spinning and without the webhook", async (_, file, place, fault) => {
  using mine = checkout();
  patch(mine, file, place, `${fault}${place}`);
  const { status, stdout, stderr, cpuSeconds } = await runBroken([await build(mine), ...plain]);
  expect([status, stdout]).toEqual([70, ""]);
  expect(stderr).toMatch(/^server-metrics: bug: Error: /);
  expect(stderr).not.toContain(token);
  expect(cpuSeconds).toBeLessThan(2);
});

test.concurrent(
  "a promise that never settles is ended by the deadline above everything, with a line and a failure",
  async () => {
    using mine = checkout();
    patch(mine, "index.ts", "overallDeadlineMs = 60_000", "overallDeadlineMs = 1_500");
    patch(mine, "index.ts", pipeline, `await new Promise(() => {});\n${pipeline}`);
    const { status, stdout, stderr, cpuSeconds } = await runBroken([await build(mine), ...plain]);
    expect([status, stdout, stderr]).toEqual([75, "", "server-metrics: not finished in time, giving up\n"]);
    expect(cpuSeconds).toBeLessThan(2);
  },
);

test.concurrent(
  "a run that is not finished in time, or ends with a bug, is the last failure that status knows",
  async () => {
    using mine = checkout();
    patch(mine, "index.ts", "overallDeadlineMs = 60_000", "overallDeadlineMs = 10_000");
    patch(mine, "index.ts", "deliveryDeadlineMs = 55_000", "deliveryDeadlineMs = 9_000");
    const place = "const memory = createMemory(";
    const faults = `if (config.name === "bug") throw new Error(${JSON.stringify(webhook)});
  if (config.name === "hangs") await new Promise(() => {});`;
    patch(mine, "lib/commands/report/report.ts", place, `${faults}\n${place}`);
    const program = await build(mine);
    const state = ["--state-dir", mine.at("state")];
    const failures: unknown[] = [];
    for (const name of ["bug", "hangs"]) {
      const { status } = await runBroken([program, "report", "--sample", "0", "--name", name, ...state]);
      const { stdout } = await runBroken([program, "status", "--json", ...state]);
      expect(stdout).not.toContain(token);
      const { lastFailure }: { lastFailure: { exitCode: number; reason: string } } = JSON.parse(stdout);
      expect(lastFailure.exitCode).toBe(status ?? -1);
      failures.push([status, lastFailure.reason]);
    }
    expect(failures).toEqual([
      [70, expect.stringMatching(/^bug: Error: https:\/\/discord.com\/api\/webhooks\/\d+\/\[secret\]$/)],
      [75, "not finished in time"],
    ]);
  },
);

test.concurrent("a metric that never settles is late by itself, and the report goes out", async () => {
  using mine = checkout();
  patch(mine, "lib/metrics/load.ts", "collect: async", "collect: async () => new Promise(() => {}),\n  broken: async");
  const { status, stdout, cpuSeconds } = await runBroken([await build(mine), "show", "--json", "--state-dir", "none"]);
  expect(status).toBe(0);
  const { readings }: { readings: Record<string, { status: string; reason?: string }> } = JSON.parse(stdout);
  expect(readings["load"]).toEqual({ status: "failed", reason: expect.stringMatching(/^no answer within \d+ s$/) });
  expect(readings["memory"]?.status).toBe("ok");
  expect(cpuSeconds).toBeLessThan(2);
});

test.concurrent("a plain report does not evaluate systeminformation", async () => {
  using mine = checkout();
  const [packageDirectory, marker] = [mine.at("node_modules/systeminformation"), mine.at("evaluated")];
  const original = realpathSync(packageDirectory);
  rmSync(packageDirectory);
  cpSync(original, packageDirectory, { recursive: true });
  const main = "node_modules/systeminformation/lib/index.js";
  const mark = `require("node:fs").appendFileSync(${JSON.stringify(marker)}, "evaluated");\n`;
  writeFileSync(mine.at(main), mark + readFileSync(mine.at(main), "utf8"));
  const program = await build(mine);
  expect((await runBroken([program, ...plain])).status).toBe(0);
  expect(existsSync(marker)).toBe(false);
  // It would have shown: `show` does ask it.
  expect((await runBroken([program, "show", "--sample", "0", "--state-dir", "none"])).status).toBe(0);
  expect(existsSync(marker)).toBe(true);
});
