import { expect, test } from "bun:test";

import { parseArguments } from "../lib/cli.ts";
import { commandNames, commands } from "../lib/commands.ts";

const parse = (...argv: string[]) => parseArguments(argv, "1.2.3");

test("without arguments it reports", () => {
  expect(parse()).toEqual({ kind: "run", command: "report", flags: {} });
});

test.each([
  [["report"], "report", {}],
  [["--dry-run"], "report", { dryRun: "" }],
  [["report", "--layout", "classic"], "report", { layout: "classic" }],
  [["--layout=classic"], "report", { layout: "classic" }],
  [["--sample", "2"], "report", { sample: "2" }],
  [["--sample=-1"], "report", { sample: "-1" }],
  [["--name", "007"], "report", { name: "007" }],
  [["--name", "1234567890123456789012"], "report", { name: "1234567890123456789012" }],
  [["--name=a", "--name=b"], "report", { name: "b" }],
  [["--config", "/etc/a.toml"], "report", { config: "/etc/a.toml" }],
  [["show"], "show", {}],
  [["show", "--json", "--sample", "0"], "show", { json: "", sample: "0" }],
])("%j means %s with %j", (argv, command, flags) => {
  expect(parse(...argv)).toEqual({ kind: "run", command, flags } as ReturnType<typeof parse>);
});

test.each([
  [["--dryrun"], "unknown option --dryrun; did you mean --dry-run?"],
  [["--jsn"], "unknown option --jsn"],
  [["show", "--jsn"], "unknown option --jsn; did you mean --json?"],
  [["show", "--dry-run"], "unknown option --dry-run"],
  [["-x"], "unknown option -x"],
  [["shwo"], 'unknown command "shwo"; did you mean show?'],
  [["frobnicate"], 'unknown command "frobnicate"'],
  [["show", "extra"], 'unknown command "extra"'],
  [["--name"], "option --name <name> needs a value"],
  [["show", "--sample"], "option --sample <seconds> needs a value"],
])("%j is a misuse: %s", (argv, problem) => {
  expect(parse(...argv)).toEqual({ kind: "misuse", problem });
});

test("--version prints the version, with any command", () => {
  const printed = { kind: "print", text: "server-metrics 1.2.3" } as const;
  expect(parse("--version")).toEqual(printed);
  expect(parse("show", "--version")).toEqual(printed);
});

test.each([["--help"], ["-h"]])("%s prints every command", (flag) => {
  const help = parse(flag);
  const text = help.kind === "print" ? help.text : "";
  for (const name of commandNames) expect(text).toContain(name);
  expect(text).toContain("server-metrics 1.2.3".split(" ")[0]!);
  expect(text).not.toMatch(/ $/m);
});

test.each(commandNames.map((name) => [name]))("%s --help prints its options and examples", (name) => {
  const help = parse(name, "--help");
  const text = help.kind === "print" ? help.text : "";
  for (const example of commands[name].examples) expect(text).toContain(example.split("  ", 1)[0]!);
});
