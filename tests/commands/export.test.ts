import { expect, test } from "bun:test";
import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary, onMachine } from "../support/binary.ts";
import { expectGolden } from "../support/golden.ts";
import { lacking, program } from "../support/programNeeds.ts";
import { projectRoot, run, temporaryDirectory } from "../support/project.ts";

/** The compiled binary, as cron starts it, on a captured machine. */
async function exportOf(machine: string, ...args: readonly string[]) {
  const env = ["PATH=/usr/bin:/bin", ...Object.entries(onMachine(machine)).map(([name, value]) => `${name}=${value}`)];
  return run(["env", "-i", ...env, await binary, "export", "--state-dir", "none", ...args]);
}

test("Prometheus text goes to standard output, in base units, with what the program tells of itself", async () => {
  const { status, stdout, stderr } = await exportOf("vps-tokyo");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^server_metrics_storage_used_ratio\{mount="\/"\} 0\.\d+$/m);
  expect(stdout).toMatch(/^server_metrics_build_info\{version="[\d.]+"\} 1$/m);
  expect(stdout).toMatch(/^server_metrics_last_run_timestamp_seconds \d{10}$/m);
  expect(stdout).not.toContain("server_metrics_outbox_messages");
  expect(stdout).not.toMatch(/^node_/m);
});

test("what is raised is a number with its rule, its target and how bad it is", async () => {
  const { stdout } = await exportOf("full-inodes");
  expect(stdout).toMatch(/^server_metrics_alert_firing\{rule="storage_inodes",target="[^"]+",severity="\w+"\} 1$/m);
});

const machines = ["vps-tokyo", "hostile-names", "nothing", "docker", "degraded-raid", "zfs-host", "thermal-zones"];

const withoutPromtool = lacking(program("promtool"));

test.skipIf(withoutPromtool !== "").each(machines)(
  `promtool has nothing to say about %s${withoutPromtool}`,
  async (machine) => {
    using directory = temporaryDirectory();
    const file = join(directory.path, "a.prom");
    expect(await exportOf(machine, "--file", file)).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(await run(["sh", "-c", 'promtool check metrics <"$1"', "sh", file])).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
  },
);

test("--file writes what standard output would have, for another user to read", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "server_metrics.prom");
  expect(await exportOf("vps-tokyo", "--file", file)).toEqual({ status: 0, stdout: "", stderr: "" });
  expect(readFileSync(file, "utf8")).toBe((await exportOf("vps-tokyo")).stdout);
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

test("OTLP names the machine and the semantic conventions", async () => {
  const { status, stdout } = await exportOf("vps-tokyo", "--format", "otlp-json", "--name", "vps");
  expect(status).toBe(0);
  for (const name of ["system.cpu.utilization", "system.memory.usage", "system.filesystem.utilization"]) {
    expect(stdout).toContain(`"name":"${name}"`);
  }
  expect(stdout).toContain('{"key":"host.name","value":{"stringValue":"vps"}}');
});

test("--rules and --dashboard print what lies beside the names of the numbers", async () => {
  const file = (name: string) => join(projectRoot, "lib/export", name);
  const rules = await exportOf("vps-tokyo", "--rules");
  expect(rules).toMatchObject({ status: 0, stderr: "" });
  expectGolden(file("alerts.yml"), rules.stdout);
  const dashboard = await exportOf("vps-tokyo", "--dashboard");
  expect(dashboard).toMatchObject({ status: 0, stderr: "" });
  // The file is formatted as all are.
  expectGolden(file("dashboard.json"), await formatted(dashboard.stdout));
});

/** JSON as the formatter leaves it. */
async function formatted(json: string): Promise<string> {
  using directory = temporaryDirectory();
  const file = join(directory.path, "a.json");
  writeFileSync(file, json);
  cpSync(join(projectRoot, "package.json"), join(directory.path, "package.json"));
  expect(await run([process.execPath, "fmt", file])).toMatchObject({ status: 0 });
  return readFileSync(file, "utf8");
}

const oneAlone = "server-metrics: --rules and --dashboard: expected one of them, and no other option of export\n";

test.each([
  [["--rules", "--dashboard"], 64, oneAlone],
  [["--rules", "--file", "/tmp/rules.yml"], 64, oneAlone],
  [["--dashboard", "--format", "prometheus"], 64, oneAlone],
  [["--format", "xml"], 64, 'server-metrics: --format: expected prometheus or otlp-json, got "xml"\n'],
  [
    ["--file", "/nonexistent/a.prom"],
    75,
    "server-metrics: export to /nonexistent/a.prom: its directory does not exist\n",
  ],
] as const)("%j ends with %d and says why", async (args, status, stderr) => {
  expect(await exportOf("vps-tokyo", ...args)).toEqual({ status, stdout: "", stderr });
});
