import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";

import { commandNames, commands } from "../../lib/cli/commands.ts";
import { helpText } from "../../lib/cli/help.ts";
import { parseArguments } from "../../lib/cli/parse.ts";
import { projectRoot } from "../support/project.ts";

/** The prompt needs one of the 24 lines of a terminal. */
const linesThatFit = 23;

test.each([["the program", null], ...commandNames.map((name) => [name, name] as const)] as const)(
  "the help of %s fits a terminal of 24 lines with 80 columns, and has examples",
  (_, name) => {
    const lines = helpText(name).split("\n");
    expect(lines.length).toBeLessThanOrEqual(linesThatFit);
    expect(lines.filter((line) => line.length > 80 || line !== line.trimEnd())).toEqual([]);
    expect(lines.some((line) => line.startsWith("Examples:"))).toBe(true);
  },
);

test("the help of the program has room for 18 commands", () => {
  expect(helpText(null).split("\n").length - commandNames.length).toBeLessThanOrEqual(linesThatFit - 18);
});

test("the help of the program has every command, and each command its options", () => {
  for (const name of commandNames) expect(helpText(null)).toContain(`\n  ${name} `);
  expect(helpText("outbox")).toMatch(
    /Usage: server-metrics outbox \[options\]\n.*\n {2}--drop <id> .*\n {2}--config /s,
  );
  expect(helpText("completions")).toContain("Usage: server-metrics completions bash|zsh|fish [options]\n");
});

/** The command line of an example, without the words that explain it. */
const typed = (example: string) => /server-metrics(.*?)(?: {2,}.*|[)|>].*)?$/.exec(example)?.[1]?.trim() ?? "";

const examples = commandNames.flatMap((name) => commands[name].examples);

test.each(examples)("the example works: %s", (example) => {
  const words = typed(example).match(/"[^"]*"|\S+/g) ?? [];
  expect(parseArguments(words.map((word) => word.replaceAll('"', "")))).toMatchObject({ kind: "run" });
});

/** The files that are loaded with a file, without those that it loads when it needs them. */
function loadedWith(file: string, found = new Set<string>()): Set<string> {
  if (found.has(file) || !file.endsWith(".ts")) return found;
  found.add(file);
  const imports = new Bun.Transpiler({ loader: "ts" }).scanImports(readFileSync(file, "utf8"));
  for (const { kind, path } of imports) {
    if (kind === "import-statement" && path.startsWith(".")) loadedWith(resolve(dirname(file), path), found);
  }
  return found;
}

test("a report loads neither help nor completions, nor what installs, nor what engines are given", () => {
  const loaded = new Set<string>();
  for (const file of ["index.ts", "lib/main.ts", "lib/commands/report/report.ts"])
    loadedWith(resolve(projectRoot, file), loaded);
  const files = [...loaded].map((file) => relative(projectRoot, file));
  expect(files).toContain("lib/measure/measure.ts");
  expect(
    files.filter((file) =>
      /^lib\/(cli\/help\.ts|cli\/completions\/|install\/|commands\/(?!report\/)|export\/(alertRules|dashboard))/.test(
        file,
      ),
    ),
  ).toEqual([]);
});
