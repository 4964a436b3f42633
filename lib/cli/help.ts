import {
  type CommandDefinition,
  type CommandName,
  type OptionDefinition,
  commandNames,
  commands,
  commonOptions,
  defaultCommand,
  options,
  optionsOf,
} from "./commands.ts";

/** The help text of one command or of the program. Each fits a terminal of 24 lines with 80 columns. */
export function helpText(command: CommandName | null): string {
  if (command === null) return programHelp();
  const definition: CommandDefinition = commands[command];
  return [
    `${definition.description}.`,
    `Usage: ${usageOf(command)}`,
    ...section("Options", rows(optionsOf(command))),
    ...section("Examples", definition.examples),
  ].join("\n");
}

/** The options of the commands are left to their own help, so that there is room for all commands. */
function programHelp(): string {
  const everywhere = commonOptions.map((name) => options[name].usage.split(", ", 1)[0]);
  return [
    "Usage: server-metrics [command] [options]",
    ...section("Commands", columns(commandNames.map((name) => [name, commands[name].description]))),
    `Everywhere: ${everywhere.join(" ")}`,
    `Examples: server-metrics help ${defaultCommand}; server-metrics --dry-run`,
  ].join("\n");
}

/** The usage line of a command. */
function usageOf(command: CommandName): string {
  const { choices, argument }: CommandDefinition = commands[command];
  const words = choices?.join("|") ?? argument;
  return ["server-metrics", command, ...(words === undefined ? [] : [words]), "[options]"].join(" ");
}

const section = (title: string, lines: readonly string[]) => [`${title}:`, ...lines.map((line) => `  ${line}`)];

const rows = (all: readonly OptionDefinition[]) => columns(all.map(({ usage, description }) => [usage, description]));

function columns(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...pairs.map(([first]) => first.length));
  return pairs.map(([first, second]) => `${first.padEnd(width)}  ${second}`);
}
