import {
  type CommandDefinition,
  type OptionDefinition,
  commandNames,
  commands,
  defaultCommand,
  optionsOf,
} from "../commands.ts";

/** The value that follows an option: none, a path, one of some words, or free text. */
export type Value =
  | { readonly kind: "none" | "file" | "directory" | "anything" }
  | { readonly kind: "words"; readonly words: readonly string[] };

/** An option as a shell has to know it. */
export interface Option {
  /** With its dashes. */
  readonly flag: string;
  readonly description: string;
  readonly value: Value;
}

/** A command as a shell has to know it. */
export interface Command {
  readonly name: string;
  readonly description: string;
  readonly options: readonly Option[];
  /** Words of which one must follow. */
  readonly choices: readonly string[];
  /** It runs when none is named. */
  readonly isDefault: boolean;
}

/** All commands, each with its own options and those of every command. */
export const grammar: readonly Command[] = commandNames.map((name) => {
  const definition: CommandDefinition = commands[name];
  return {
    name,
    description: definition.description,
    options: optionsOf(name).map(readOption),
    choices: definition.choices ?? [],
    isDefault: name === defaultCommand,
  };
});

function readOption({ usage, description }: OptionDefinition): Option {
  const [, flag = "", value] = /(--[\w-]+)(?: <(.+)>)?$/.exec(usage) ?? [];
  return { flag, description, value: valueOf(value) };
}

function valueOf(name: string | undefined): Value {
  if (name === undefined) return { kind: "none" };
  if (name === "file") return { kind: "file" };
  if (name === "dir") return { kind: "directory" };
  return name.includes("|") ? { kind: "words", words: name.split("|") } : { kind: "anything" };
}
