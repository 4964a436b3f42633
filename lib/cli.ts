import { type CAC, type Command, cac } from "cac";

import {
  type CommandDefinition,
  type CommandName,
  type OptionName,
  commandNames,
  commands,
  commonOptions,
  defaultCommand,
  options,
} from "./commands.ts";
import { nearest } from "./nearest.ts";

/** The options that were given: the value as it was typed, or "" for an option without one. */
export type Flags = Readonly<Partial<Record<OptionName, string>>>;

/** What the command line asks for. */
export type Invocation =
  | { readonly kind: "run"; readonly command: CommandName; readonly flags: Flags }
  | { readonly kind: "print"; readonly text: string }
  | { readonly kind: "misuse"; readonly problem: string };

/** Reads the command line; `argv` is what follows the program's name. Pure. */
export function parseArguments(argv: readonly string[], version: string): Invocation {
  // As cron calls it: there is nothing to read.
  if (argv.length === 0) return { kind: "run", command: defaultCommand, flags: {} };
  const cli = createCli();
  try {
    cli.parse(["", "", ...argv], { run: false });
  } catch (error) {
    if (error instanceof HelpText) return { kind: "print", text: error.message };
    throw error;
  }
  const matched = cli.matchedCommand;
  const command = commandNames.find((name) => name === matched?.name);
  if (matched === undefined || command === undefined) return { kind: "misuse", problem: "no such command" };
  const problem = findMisuse(cli, matched);
  if (problem !== null) return { kind: "misuse", problem };
  if (cli.options["version"] === true) return { kind: "print", text: `server-metrics ${version}` };
  const definition: CommandDefinition = commands[command];
  const given = [...definition.options, ...commonOptions].flatMap((name) => {
    const typed = typedValue(argv, name, cli.options[name]);
    return typed === null ? [] : [[name, typed] as const];
  });
  return { kind: "run", command, flags: Object.fromEntries(given) };
}

/** cac prints its help by itself; throwing the text out of its callback is the way to get hold of it. */
class HelpText extends Error {}

function createCli(): CAC {
  const cli = cac("server-metrics");
  for (const name of commandNames) {
    const definition: CommandDefinition = commands[name];
    const command = cli.command(name, definition.description);
    const isDefault = name === defaultCommand;
    if (isDefault) command.alias("!");
    command.usage(isDefault ? "[command] [options]" : `${name} [options]`);
    for (const option of definition.options) command.option(options[option].usage, options[option].description);
    for (const example of definition.examples) command.example(`  ${example}`);
  }
  for (const option of commonOptions) {
    if (option !== "help") cli.option(options[option].usage, options[option].description);
  }
  return cli.help((sections) => {
    const useful = sections.filter(({ title }) => !title?.startsWith("For more info"));
    const texts = useful.map(({ title, body }) => (title === undefined ? body : `${title}:\n${body}`));
    throw new HelpText(texts.join("\n\n").replace(/ +$/gm, ""));
  });
}

function findMisuse(cli: CAC, command: Command): string | null {
  const known = [...command.options, ...cli.globalCommand.options];
  const unknown = Object.keys(cli.options).find(
    (name) => name !== "--" && !known.some((option) => option.names.includes(name)),
  );
  if (unknown !== undefined) {
    const typed = unknown.length === 1 ? `-${unknown}` : `--${kebab(unknown)}`;
    return `unknown option ${typed}${didYouMean(
      typed,
      known.map((option) => `--${kebab(option.name)}`),
    )}`;
  }
  const empty = known.find((option) => option.required === true && typeof cli.options[option.name] === "boolean");
  if (empty !== undefined) return `option ${empty.rawName} needs a value`;
  if (cli.args.length === 0) return null;
  // Joined, because digits come as a number, whatever cac's types say.
  const typed = cli.args.join(" ");
  return `unknown command "${typed}"${didYouMean(typed, commandNames)}`;
}

function didYouMean(word: string, candidates: readonly string[]): string {
  const meant = nearest(word, candidates);
  return meant === null ? "" : `; did you mean ${meant}?`;
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** cac turns `007` into the number 7, so the value is taken from where it was typed, the last one if repeated. */
function typedValue(argv: readonly string[], name: OptionName, parsed: unknown): string | null {
  if (parsed === undefined || parsed === false) return null;
  if (!options[name].usage.includes("<")) return "";
  const flag = `--${kebab(name)}`;
  const index = argv.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[index] ?? flag;
  return word === flag ? (argv[index + 1] ?? "") : word.slice(flag.length + 1);
}
