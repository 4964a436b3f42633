import { expect, test } from "bun:test";

import { parseArguments } from "../../lib/cli/parse.ts";

const parse = (...argv: string[]) => parseArguments(argv);

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
  [["show", "--no-color"], "show", { color: "" }],
  [["history", "--days", "7"], "history", { days: "7" }],
  [["show", "--json", "--sample", "0"], "show", { json: "", sample: "0" }],
])("%j means %s with %j", (argv, command, flags) => {
  expect(parse(...argv)).toEqual({ kind: "run", command, flags } as ReturnType<typeof parse>);
});

test.each([
  [["--dryrun"], "unknown option --dryrun; did you mean --dry-run?"],
  [["--jsn"], "unknown option --jsn; did you mean --json?"],
  [["--sampLE"], "unknown option --sampLE; did you mean --sample?"],
  [["--no-colour"], "unknown option --no-colour; did you mean --no-color?"],
  [["show", "--jsn"], "unknown option --jsn; did you mean --json?"],
  [["show", "--dry-run"], "unknown option --dry-run"],
  [["-x"], "unknown option -x"],
  [["shwo"], 'unknown command "shwo"; did you mean show?'],
  [["frobnicate"], 'unknown command "frobnicate"'],
  [["watch"], 'unknown command "watch"; did you mean show --watch?'],
  [["log"], 'unknown command "log"; did you mean history?'],
  [["foo"], 'unknown command "foo"'],
  [["test"], 'unknown command "test"; did you mean test-alert?'],
  [["show", "extra"], "show takes no words"],
  [["--name"], "option --name <name> needs a value"],
  [["show", "--sample"], "option --sample <seconds> needs a value"],
])("%j is a misuse: %s", (argv, problem) => {
  expect(parse(...argv)).toEqual({ kind: "misuse", problem });
});

test("--version asks for the version, with any command", () => {
  expect(parse("--version")).toEqual({ kind: "version" });
  expect(parse("show", "--version")).toEqual({ kind: "version" });
  expect(parse("show", "-v")).toEqual({ kind: "version" });
});

test("--help asks for the help of the program, or of the command that was named", () => {
  expect(parse("--help")).toEqual({ kind: "help", command: null });
  expect(parse("-h", "--dry-run")).toEqual({ kind: "help", command: null });
  expect(parse("report", "--help")).toEqual({ kind: "help", command: "report" });
  expect(parse("completions", "-h")).toEqual({ kind: "help", command: "completions" });
});

test("what must follow a command must be one of its words", () => {
  expect(parse("completions", "zsh")).toEqual({ kind: "run", command: "completions", flags: {}, choice: "zsh" });
  const problem = "completions needs one of bash, zsh, fish";
  expect(parse("completions")).toEqual({ kind: "misuse", problem });
  expect(parse("completions", "tcsh")).toEqual({ kind: "misuse", problem });
  expect(parse("completions", "7")).toEqual({ kind: "misuse", problem });
  expect(parse("completions", "zsh", "fish")).toEqual({ kind: "misuse", problem: "completions takes one word" });
});

test.each([
  [["help"], { kind: "help", command: null }],
  [["help", "show"], { kind: "help", command: "show" }],
  [["help", "shwo"], { kind: "misuse", problem: 'unknown command "shwo"; did you mean show?' }],
  [["help", "show", "check"], { kind: "misuse", problem: 'expected "help" and one command' }],
  [["version"], { kind: "version" }],
  [["version", "--no-color"], { kind: "version" }],
  [["-v"], { kind: "version" }],
  [["-V"], { kind: "version" }],
] as const)("%j is what other programs have, too", (argv, invocation) => {
  expect(parseArguments(argv)).toEqual(invocation);
});
