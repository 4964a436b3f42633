import { type Command, type Option, grammar } from "./grammar.ts";

/** A script for fish, to be sourced, or to lie in ~/.config/fish/completions/server-metrics.fish. */
export function fishCompletions(): string {
  return ["-f", ...grammar.flatMap(linesOf)].map((line) => `complete -c server-metrics ${line}\n`).join("");
}

const seen = (names: readonly string[]) => `__fish_seen_subcommand_from ${names.join(" ")}`;

const noneSeen = `not ${seen(grammar.map(({ name }) => name))}`;

function linesOf({ name, description, options, choices, isDefault }: Command): readonly string[] {
  const here = isDefault ? `${noneSeen}; or ${seen([name])}` : seen([name]);
  const offered = choices.map((choice) => `-n '${here}; and not ${seen(choices)}' -a ${choice}`);
  const own = options.map((option) => `-n '${here}' ${optionWords(option)}`);
  return [`-n '${noneSeen}' -a ${name} -d ${quoted(description)}`, ...offered, ...own];
}

function optionWords({ flag, description, value }: Option): string {
  const told = `-l ${flag.slice(2)} -d ${quoted(description)}`;
  switch (value.kind) {
    case "none":
      return told;
    case "anything":
      return `${told} -x`;
    case "file":
      return `${told} -rF`;
    case "directory":
      return `${told} -xa '(__fish_complete_directories)'`;
    case "words":
      return `${told} -xa '${value.words.join(" ")}'`;
  }
}

/** fish knows two escapes in single quotes. */
const quoted = (text: string) => `'${text.replace(/['\\]/g, "\\$&")}'`;
