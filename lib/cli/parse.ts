import { type CAC, type Command, cac } from "cac";

import { didYouMean } from "../nearest.ts";
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

/** The options that were given: the value as it was typed, or "" for an option without one. */
export type Flags = Readonly<Partial<Record<OptionName, string>>>;

/** The renderers of a command, by the option that asks for each; `text` when none does. */
export type Renderers<Render> = Readonly<{ text: Render } & Partial<Record<OptionName, Render>>>;

/** The renderer that was asked for. */
export function rendererFor<Render>(renderers: Renderers<Render>, flags: Flags): Render {
  return Object.entries(renderers).find(([option]) => option in flags)?.[1] ?? renderers.text;
}

/** The parsed command line. */
export type Invocation =
  | {
      readonly kind: "run";
      readonly command: CommandName;
      readonly flags: Flags;
      /** Which of the command's choices. */
      readonly choice?: string;
      /** The words that follow, where the command takes any. */
      readonly argument?: string;
      /** The words behind `--`: a command of another program. */
      readonly rest?: readonly string[];
    }
  | { readonly kind: "version" }
  /** Of one command, or of them all. */
  | { readonly kind: "help"; readonly command: CommandName | null }
  | { readonly kind: "misuse"; readonly problem: string };

/** Reads the command line; `argv` is what follows the program's name. Pure. */
export function parseArguments(argv: readonly string[]): Invocation {
  // As cron calls it: there is nothing to read.
  if (argv.length === 0) return { kind: "run", command: defaultCommand, flags: {} };
  const split = argv[0] === "job" ? argv.indexOf("--") : -1;
  if (split > 0) {
    const invocation = parseWords(argv.slice(0, split));
    return invocation.kind === "run" ? { ...invocation, rest: argv.slice(split + 1) } : invocation;
  }
  const words = withoutAliases(argv);
  return words === null ? { kind: "misuse", problem: 'expected "help" and one command' } : parseWords(words);
}

/** `help show` is `show --help`, and `version` is `--version`. */
function withoutAliases(argv: readonly string[]): readonly string[] | null {
  const [first = "", ...rest] = argv.filter((word) => word !== "--no-color");
  if (rest.length === 0 && first === "version") return ["--version"];
  if (first !== "help") return argv;
  return rest.length > 1 ? null : [...rest, "--help"];
}

function parseWords(argv: readonly string[]): Invocation {
  const cli = createCli();
  cli.parse(["", "", ...argv], { run: false });
  const matched = cli.matchedCommand;
  const command = commandNames.find((name) => name === matched?.name);
  if (matched === undefined || command === undefined) return { kind: "misuse", problem: "no such command" };
  const definition: CommandDefinition = commands[command];
  const { choices } = definition;
  const [choice, ...rest] = choices === undefined ? ["", ...cli.args] : cli.args;
  const isFree = definition.argument !== undefined;
  const unknown = findUnknown(cli, matched, isFree ? [] : rest, argv, choices);
  if (unknown !== null) return { kind: "misuse", problem: unknown };
  if (cli.options["help"] === true) {
    return { kind: "help", command: cli.matchedCommandName === undefined ? null : command };
  }
  if (cli.options["version"] === true) return { kind: "version" };
  if (choices !== undefined && !choices.includes(choice ?? "")) {
    return { kind: "misuse", problem: `${command} needs one of ${choices.join(", ")}` };
  }
  const given = [...definition.options, ...commonOptions].flatMap((name) => {
    const typed = typedValue(argv, name, cli.options[name]);
    return typed === null ? [] : [[name, typed] as const];
  });
  return {
    kind: "run",
    command,
    flags: Object.fromEntries(given),
    ...(choice ? { choice } : {}),
    ...(isFree ? { argument: rest.join(" ") } : {}),
  };
}

function createCli(): CAC {
  const cli = cac("server-metrics");
  for (const name of commandNames) {
    const command = cli.command(name);
    if (name === defaultCommand) command.alias("!");
    for (const option of commands[name].options) command.option(options[option].usage, "");
  }
  for (const option of commonOptions) cli.option(options[option].usage, "");
  return cli;
}

/** An option as it was typed, by the name that cac makes of it. */
function asTyped(name: string, argv: readonly string[]): string {
  const written = argv.flatMap((word) => (word.startsWith("--") ? [word.split("=", 1)[0] ?? word] : []));
  const camel = (word: string) =>
    word
      .replace(/^--(?:no-)?/, "")
      .replace(/([a-z])-([a-z])/g, (_, before: string, after: string) => before + after.toUpperCase());
  return written.find((word) => camel(word) === name) ?? (name.length === 1 ? `-${name}` : `--${kebab(name)}`);
}

function findUnknown(
  cli: CAC,
  command: Command,
  words: readonly string[],
  argv: readonly string[],
  choices: CommandDefinition["choices"],
): string | null {
  const known = [...command.options, ...cli.globalCommand.options];
  const unknown = Object.keys(cli.options).find(
    (name) => name !== "--" && !known.some((option) => option.names.includes(name)),
  );
  if (unknown !== undefined) {
    const typed = asTyped(unknown, argv);
    return `unknown option ${typed}${didYouMean(
      typed,
      known.map(({ rawName }) => /--[\w-]+/.exec(rawName)?.[0] ?? rawName),
    )}`;
  }
  const empty = known.find((option) => option.required === true && typeof cli.options[option.name] === "boolean");
  if (empty !== undefined) return `option ${empty.rawName} needs a value`;
  if (words.length === 0) return null;
  // Joined, because digits come as a number, whatever cac's types say.
  const typed = words.join(" ");
  if (cli.matchedCommandName !== undefined)
    return `${command.name} takes ${choices === undefined ? "no words" : "one word"}`;
  // `watch` is an option of one.
  const ofOthers = commandNames.flatMap((name) => commands[name].options.map((option) => `${name} --${kebab(option)}`));
  const meant = synonyms.get(typed) ?? ofOthers.find((option) => option.endsWith(` --${typed}`));
  return `unknown command "${typed}"${meant === undefined ? didYouMean(typed, commandNames) : `; did you mean ${meant}?`}`;
}

/** What other programs call it. */
const synonyms: ReadonlyMap<string, string> = new Map([
  ["alerts", "history"],
  ["log", "history"],
  ["logs", "history"],
]);

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** cac turns `007` into the number 7, so the value is taken from where it was typed, the last one if repeated. */
function typedValue(argv: readonly string[], name: OptionName, parsed: unknown): string | null {
  // cac has true for an option such as --no-color that was not given.
  if (parsed === undefined || parsed === options[name].usage.startsWith("--no-")) return null;
  if (!options[name].usage.includes("<")) return "";
  const flag = `--${kebab(name)}`;
  const index = argv.findLastIndex((word) => word === flag || word.startsWith(`${flag}=`));
  const word = argv[index] ?? flag;
  return word === flag ? (argv[index + 1] ?? "") : word.slice(flag.length + 1);
}
