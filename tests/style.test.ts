import { expect, test } from "bun:test";
import { cpSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { program, testWhen } from "./support/programNeeds.ts";
import { documents, freshText, textOf } from "./docs/documents.ts";
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

test.each(Object.keys(documents))("the tables in %s are fresh; if not: npm run docs", async (name) => {
  expect(await textOf(name)).toBe(await freshText(name));
});

const imports = (module: string): string => `export * from "${module}";`;
const importsTypes = (module: string): string => `export type * from "${module}";`;
const uses = (expression: string): string => `void (${expression});`;

const world = ["node:fs", "node:fs/promises", "os", "node:child_process", "node:https", "bun", "bun:sqlite"].map(
  imports,
);

/** Lines that a file at a path may have, and lines that break a rule of the architecture there. */
interface Case {
  readonly path: string;
  readonly allowed: readonly string[];
  readonly forbidden: readonly string[];
}

/** A stage that can neither import nor call what touches the world. */
function pure(path: string, allowed: readonly string[], forbidden: readonly string[] = []): Case {
  const rooms = [
    "lib/host/linux.ts",
    "lib/state/history.ts",
    "lib/deliver/outbox.ts",
    "lib/export/push.ts",
    "lib/install/job.ts",
    "lib/terminal/output.ts",
    "lib/commands/show.ts",
    "lib/cli/parse.ts",
    "lib/world.ts",
    "lib/main.ts",
  ].map((module) => relative(dirname(path), module).replace(/^(?!\.)/, "./"));
  const calls = ['fetch("x")', "Bun.version", "process.pid", "setTimeout(() => 0, 1)", "Date.now()", "Math.random()"];
  const lazily = rooms.map((module) => `import("${module}")`);
  return {
    path,
    allowed,
    forbidden: [...forbidden, ...world, ...rooms.map(imports), ...[...calls, ...lazily].map(uses)],
  };
}

/** Ways to make a number of a text; `lib/proc/number.ts` is the one reader of what a machine says. */
const numbers = [
  'Number("1")',
  'Number.parseInt("1", 10)',
  '["1"].map(Number)',
  'parseInt("1", 10)',
  'parseFloat("1")',
  'BigInt("1")',
  "Number.isNaN(NaN)",
].map(uses);

const model = imports("../model/metric.ts");

/** Sentences, which only lib/words has. */
const sentences = [
  '"not measured"',
  '"disk / is full"',
  "`Disk ${name}`",
  "`${name} of ${name}`",
  "`${name} left`",
  '{ label: "Page faults" }',
  "[name, `in ${name}/s`].join()",
].map(uses);

/** What looks like one, and is for no reader of a report. */
const otherTexts = [
  '"storage_used_percent"',
  '" · "',
  "`${name} ${name}`",
  "`${name}: ${name}`",
  '"<svg>"',
  '{ "font-family": "DejaVu Sans" }',
  'new RangeError("not a number")',
  "new Error(`${name} is malformed`)",
  'gauge("percent", "Used share of memory.")',
].map(uses);

const cases: readonly Case[] = [
  pure("lib/model/metric.ts", [imports("./host.ts"), imports("valibot")]),
  pure("lib/proc/netDev.ts", [model, imports("valibot")], numbers),
  pure(
    "lib/metrics/cpu.ts",
    [model, imports("../proc/procStat.ts"), imports("../format.ts")],
    [imports("../render/data.ts"), imports("../report/report.ts"), imports("../alerts/rules.ts"), ...numbers],
  ),
  pure("lib/measure/snapshot.ts", [model, imports("../metrics/index.ts")]),
  pure("lib/measure/compare.ts", [model]),
  pure("lib/alerts/judge.ts", [model]),
  pure("lib/past/trend.ts", [model, imports("../clock.ts")]),
  pure("lib/report/report.ts", [model, imports("../alerts/state.ts"), imports("../past/trend.ts")]),
  pure("lib/render/terminal/report.ts", [imports("../../report/report.ts"), imports("../data.ts")]),
  pure("lib/format.ts", [imports("./model/metric.ts")]),
  // Words know the types of the model, and nothing else.
  pure(
    "lib/words/en/card.ts",
    [
      imports("./alerts.ts"),
      importsTypes("../../model/rule.ts"),
      'import type { Labels } from "../../model/observation.ts";',
      'import { type Definition } from "../../model/observation.ts";',
    ],
    [
      imports("valibot"),
      imports("../../format.ts"),
      imports("../../model/rule.ts"),
      importsTypes("../../report/report.ts"),
      'import { type Severity, line } from "../../model/rule.ts";',
    ],
  ),
  // No rule, metric or renderer has a sentence of its own.
  ...["metrics/a", "alerts/a", "past/a", "report/a", "render/discord/a"].map((name) => ({
    path: `lib/${name}.ts`,
    allowed: otherTexts,
    forbidden: sentences,
  })),
  { path: "lib/words/en/a.ts", allowed: [...sentences, ...otherTexts], forbidden: [] },
  { path: "lib/commands/a.ts", allowed: [...sentences, ...otherTexts], forbidden: [] },
  {
    path: "lib/cli/parse.ts",
    allowed: [imports("node:path")],
    forbidden: [...world, ...["systeminformation", "../main.ts", "../settings/bake.ts"].map(imports)],
  },
  { path: "lib/install/job.ts", allowed: [imports("../host/crontab.ts")], forbidden: world },
  { path: "lib/settings/load.ts", allowed: [], forbidden: world },
  { path: "lib/terminal/screen.ts", allowed: [], forbidden: world },
  { path: "lib/host/linux.ts", allowed: world, forbidden: [imports("systeminformation"), imports("../main.ts")] },
  { path: "lib/host/helpers/systeminformation.ts", allowed: [imports("systeminformation")], forbidden: [] },
  { path: "lib/host/statfs.ts", allowed: [imports("../proc/number.ts")], forbidden: numbers },
  { path: "lib/proc/number.ts", allowed: numbers, forbidden: [] },
  { path: "lib/state/database.ts", allowed: world, forbidden: [imports("../main.ts")] },
  {
    path: "lib/deliver/outbox.ts",
    allowed: [...world, uses('fetch("x")')],
    forbidden: [imports("systeminformation"), imports("../main.ts")],
  },
  {
    path: "index.ts",
    allowed: [...world, imports("./lib/main.ts")],
    forbidden: [imports("./lib/settings/bake.ts"), imports("systeminformation")],
  },
  // Tests neither sleep nor mock modules.
  {
    path: "tests/a.test.ts",
    allowed: [...world, imports("../lib/main.ts"), imports("../lib/settings/bake.ts")],
    forbidden: [
      imports("node:timers/promises"),
      ...["setTimeout(() => 0, 1)", "Bun.sleep(1)", "Bun.sleepSync(1)", 'mock.module("./x.ts", () => ({}))'].map(uses),
    ],
  },
];

/** A file of 251 lines, with a function of 41. */
const long = { path: "lib/long.ts", lines: Array.from({ length: 251 }, (_, index) => `export const a${index} = 1;`) };
long.lines.splice(0, 41, "export function f(): void {", ...Array.from({ length: 39 }, () => "  void 0;"), "}");

/** What the linter says of all cases, in one run. */
async function lintCases(): Promise<string> {
  using directory = temporaryDirectory();
  for (const name of [".oxlintrc.json", "package.json", "tests/lint/house.js"]) {
    cpSync(join(projectRoot, name), join(directory.path, name));
  }
  for (const { path, lines } of [...cases.map(linesOf), long]) {
    await Bun.write(join(directory.path, path), lines.join("\n"));
  }
  return (await run([oxlint, "--format=unix", "index.ts", "lib", "tests"], { cwd: directory.path })).stdout;
}

const linesOf = ({ path, allowed, forbidden }: Case) => ({ path, lines: [...allowed, ...forbidden] });

const said = lintCases();

test.each(cases)("the architecture holds in $path", async (one) => {
  const { path, lines } = linesOf(one);
  const reports = (await said).matchAll(/^([^:]+):(\d+):\d+: .*(?:no-restricted-|house\()/gm);
  const found = Array.from(reports, ([, file, line]) => (file === path ? (lines[Number(line) - 1] ?? "") : ""));
  expect([...new Set(found.filter(Boolean))].toSorted()).toEqual(one.forbidden.toSorted());
});

test("a file of lib has at most 250 lines, and a function 40", async () => {
  const reports = (await said).split("\n").filter((line) => line.startsWith(long.path));
  expect(reports.join("\n")).toMatch(/max-lines\)[^]*max-lines-per-function\)|max-lines-per-function\)[^]*max-lines\)/);
});
