import { expect, test } from "bun:test";
import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

import { program, testWhen } from "./support/programNeeds.ts";
import { projectRoot, run, temporaryDirectory } from "./support/project.ts";

const oxlint = join(projectRoot, "node_modules/.bin/oxlint");

/** What `npm run check` complains about in one of its parts. */
async function complaints(part: string): Promise<string> {
  const { status, stdout, stderr } = await run(["sh", "tests/check.sh", part]);
  return status === 0 ? "" : stdout + stderr;
}

test("every file is formatted", async () => {
  expect(await complaints("format")).toBe("");
});

test("every type fits", async () => {
  expect(await complaints("types")).toBe("");
});

test("the linter has nothing to say", async () => {
  expect(await complaints("lint")).toBe("");
});

testWhen([program("shellcheck")])("the shell scripts pass shellcheck", async () => {
  expect(await complaints("scripts")).toBe("");
});

/** Those of the lines that break a rule of the architecture in a file at that path. */
async function violations(path: string, lines: readonly string[]): Promise<readonly string[]> {
  using directory = temporaryDirectory();
  const file = join(directory.path, path);
  mkdirSync(dirname(file), { recursive: true });
  cpSync(join(projectRoot, ".oxlintrc.json"), join(directory.path, ".oxlintrc.json"));
  await Bun.write(file, lines.join("\n"));
  const { stdout } = await run([oxlint, "--format=unix", "."], { cwd: directory.path });
  const reports = [...stdout.matchAll(/:(\d+):\d+: .*no-restricted-/g)];
  return reports.map(([, line]) => lines[Number(line) - 1] ?? "").toSorted();
}

const imports = (module: string): string => `export * from "${module}";`;
const uses = (expression: string): string => `void (${expression});`;

const world = ["node:fs", "node:fs/promises", "os", "node:child_process", "node:https", "bun", "bun:sqlite"].map(
  imports,
);

test.each([
  "model/metric",
  "proc/meminfo",
  "measure/snapshot",
  "measure/compare",
  "alerts/judge",
  "past/trend",
  "report/report",
  "render/terminal/report",
  "words/en/rules",
  "format",
])("lib/%s.ts is pure: it can neither import nor call what touches the world", async (name) => {
  const forbidden = [
    ...world,
    imports("../host/linux.ts"),
    imports("../deliver/request.ts"),
    imports("../../deliver/outbox.ts"),
    imports("../state/history.ts"),
    imports("./main.ts"),
    uses('fetch("x")'),
    uses("Bun.version"),
    uses("process.pid"),
  ];
  const allowed = [imports("../report.ts"), imports("../model/metric.ts"), imports("valibot")];
  expect(await violations(`lib/${name}.ts`, [...allowed, ...forbidden])).toEqual(forbidden.toSorted());
});

test.each([
  ["lib/cli/parse.ts", [...world, imports("systeminformation"), imports("./main.ts"), imports("./bake.ts")]],
  ["lib/metrics/cpu.ts", [...world, imports("../render/text.ts"), imports("../deliver/outcome.ts")]],
  ["lib/metrics/disk.ts", [imports("../state/history.ts"), imports("systeminformation")]],
  ["lib/host/linux.ts", [imports("systeminformation"), imports("../main.ts")]],
  ["lib/deliver/outbox.ts", [imports("systeminformation"), imports("../main.ts")]],
  ["index.ts", [imports("./lib/settings/bake.ts"), imports("systeminformation")]],
])("%s imports nothing beyond its part", async (path, forbidden) => {
  expect(await violations(path, forbidden)).toEqual(forbidden.toSorted());
});

test.each([
  ["lib/host/linux.ts", world],
  ["lib/state/database.ts", world],
  ["lib/deliver/request.ts", [...world, uses('fetch("x")')]],
  ["lib/host/helpers/systeminformation.ts", [imports("systeminformation")]],
  ["lib/metrics/cpu.ts", [imports("../proc/procStat.ts"), imports("../format.ts")]],
  ["index.ts", [...world, imports("./lib/main.ts")]],
])("%s may do its part", async (path, allowed) => {
  expect(await violations(path, allowed)).toEqual([]);
});

test.each(["lib/proc/netDev.ts", "lib/metrics/cpu.ts", "lib/host/statfs.ts"])(
  "%s makes no number of a text by itself",
  async (path) => {
    const forbidden = [
      'Number("1")',
      'Number.parseInt("1", 10)',
      '["1"].map(Number)',
      'parseInt("1", 10)',
      'parseFloat("1")',
    ];
    const all = [...forbidden, 'BigInt("1")', "Number.isNaN(NaN)"].map(uses);
    expect(await violations(path, [imports("../proc/number.ts"), ...all])).toEqual(all.toSorted());
    expect(await violations("lib/proc/number.ts", all)).toEqual([]);
  },
);

test("tests neither sleep nor mock modules", async () => {
  const forbidden = [
    imports("node:timers/promises"),
    uses("setTimeout(() => 0, 1)"),
    uses("Bun.sleep(1)"),
    uses("Bun.sleepSync(1)"),
    uses('mock.module("./x.ts", () => ({}))'),
  ];
  expect(await violations("tests/a.test.ts", forbidden)).toEqual(forbidden.toSorted());
});
