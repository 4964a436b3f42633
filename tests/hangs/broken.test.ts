import { afterAll, beforeAll, expect, test } from "bun:test";
import { cpSync, existsSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Checkout, checkout } from "../support/checkout.ts";

const token = "wh-token_0123456789abcdefghij";
const webhook = `https://discord.com/api/webhooks/123456789012345678/${token}`;
const plain = ["report", "--dry-run", "--sample", "0", "--state-dir", "none"];

/** Replaces a text that must be there. */
function patch(file: string, before: string, after: string): void {
  const source = readFileSync(mine.at(file), "utf8");
  expect(source).toContain(before);
  writeFileSync(
    mine.at(file),
    source.replace(before, () => after),
  );
}

/** A program in which the environment chooses what is broken: one build for all these tests. */
async function buildBroken(): Promise<string> {
  const [thrown, never] = [`throw new Error("${token}");`, "await new Promise(() => {});"];
  const [pipeline, awaited] = ["return main({", "const memory = createMemory("];
  for (const [fault, file, place, code] of [
    ["module", "lib/main.ts", "export async function main", thrown],
    ["program", "index.ts", pipeline, thrown],
    ["rejection", "index.ts", pipeline, `{ void Promise.reject(new Error("${token}")); await 0; }`],
    ["pending", "index.ts", pipeline, never],
    ["bug", "lib/commands/report/report.ts", awaited, `throw new Error("${webhook}");`],
    ["hangs", "lib/commands/report/report.ts", awaited, never],
    ["load", "lib/metrics/load.ts", 'const text = await host.readProc("loadavg");', never],
  ] as const) {
    patch(file, place, `if (process.env["FAULT"] === "${fault}") ${code}\n${place}`);
  }
  for (const [name, usual] of Object.entries({ overallDeadlineMs: "60_000", deliveryDeadlineMs: "55_000" })) {
    patch("index.ts", `${name} = ${usual}`, `${name} = Number(process.env["${name}"] ?? ${usual})`);
  }
  const [packageDirectory, main] = [mine.at("node_modules/systeminformation"), "lib/index.js"];
  const original = realpathSync(packageDirectory);
  rmSync(packageDirectory);
  cpSync(original, packageDirectory, { recursive: true });
  const mark = `require("node:fs").appendFileSync(${JSON.stringify(mine.at("evaluated"))}, "evaluated");\n`;
  writeFileSync(join(packageDirectory, main), mark + readFileSync(join(packageDirectory, main), "utf8"));
  const { status, stderr } = await mine.build([], { DISCORD_WEBHOOK_URL: webhook });
  expect([status, stderr]).toEqual([0, ""]);
  return mine.at("dist/server-metrics");
}

let mine: Checkout;
let program: string;
beforeAll(async () => {
  mine = checkout();
  program = await buildBroken();
});
afterAll(() => mine[Symbol.dispose]());

/** Runs a program that may turn out never to end, and says how much of the CPU it took. */
async function runBroken(command: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = Bun.spawn([program, ...command], {
    env: { ...env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: 30_000,
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return {
    status: child.exitCode,
    stdout,
    stderr,
    cpuSeconds: Number(child.resourceUsage()?.cpuTime.total ?? NaN) / 1e6,
  };
}

// Before the others, which ask for the inventory.
test("a plain report does not evaluate systeminformation", async () => {
  expect((await runBroken(plain)).status).toBe(0);
  expect(existsSync(mine.at("evaluated"))).toBe(false);
  // It would have shown: `show` does ask it.
  expect((await runBroken(["show", "--sample", "0", "--state-dir", "none"])).status).toBe(0);
  expect(existsSync(mine.at("evaluated"))).toBe(true);
});

test.concurrent.each([
  ["a throw at the top of a module", "module"],
  ["a throw in the program", "program"],
  ["a rejection that is not awaited", "rejection"],
])("%s ends the program at once, as a bug, without spinning and without the webhook", async (_, fault) => {
  const { status, stdout, stderr, cpuSeconds } = await runBroken(plain, { FAULT: fault });
  expect([status, stdout]).toEqual([70, ""]);
  expect(stderr).toMatch(/^server-metrics: bug: Error: /);
  expect(stderr).not.toContain(token);
  expect(cpuSeconds).toBeLessThan(2);
});

test.concurrent(
  "a promise that never settles is ended by the deadline above everything, with a line and a failure",
  async () => {
    const env = { FAULT: "pending", overallDeadlineMs: "1500" };
    const { status, stdout, stderr, cpuSeconds } = await runBroken(plain, env);
    expect([status, stdout, stderr]).toEqual([75, "", "server-metrics: not finished in time, giving up\n"]);
    expect(cpuSeconds).toBeLessThan(2);
  },
);

test.concurrent(
  "a run that is not finished in time, or ends with a bug, is the last failure that status knows",
  async () => {
    const state = ["--state-dir", mine.at("state")];
    const failures: unknown[] = [];
    for (const fault of ["bug", "hangs"]) {
      const env = { FAULT: fault, overallDeadlineMs: "10000", deliveryDeadlineMs: "9000" };
      const { status } = await runBroken(["report", "--sample", "0", ...state], env);
      const { stdout } = await runBroken(["status", "--json", ...state]);
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
  const command = ["show", "--json", "--state-dir", "none"];
  const { status, stdout, cpuSeconds } = await runBroken(command, { FAULT: "load" });
  expect(status).toBe(0);
  const { readings }: { readings: Record<string, { status: string; reason?: string }> } = JSON.parse(stdout);
  expect(readings["load"]).toEqual({ status: "failed", reason: expect.stringMatching(/^no answer within \d+ s$/) });
  expect(readings["memory"]?.status).toBe("ok");
  expect(cpuSeconds).toBeLessThan(2);
});
