import { type Command, type Value, grammar } from "./grammar.ts";

/** A script for bash 4.4 and later, to be evaluated by ~/.bashrc. */
export function bashCompletions(): string {
  const names = grammar.map(({ name }) => name);
  const fallback = grammar.find(({ isDefault }) => isDefault);
  return `_server_metrics() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' index words
  # --option=value comes as three words.
  if [[ $word == = ]]; then word=''
  elif [[ $before == = ]]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    case \${COMP_WORDS[index]} in
      ${names.join("|")}) command=\${COMP_WORDS[index]}; break ;;
    esac
  done
  COMPREPLY=()
  case $before in
${valueCases().join("\n")}
  esac
  case $command in
${grammar.map((command) => `    ${command.name}) words='${wordsAfter(command)}' ;;`).join("\n")}
    *) words='${[...names, ...(fallback === undefined ? [] : [wordsAfter(fallback)])].join(" ")}' ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _server_metrics server-metrics
`;
}

const wordsAfter = ({ choices, options }: Command) => [...choices, ...options.map(({ flag }) => flag)].join(" ");

const everyOption = () => grammar.flatMap(({ options }) => options);

const valued = () => [...new Set(everyOption().flatMap(({ flag, value }) => (value.kind === "none" ? [] : [flag])))];

/** Completes the value of an option. */
function valueCases(): readonly string[] {
  return valued().map((flag) => {
    const value = everyOption().find((option) => option.flag === flag)?.value ?? { kind: "none" };
    return `    ${flag}) ${replies(value)}return ;;`;
  });
}

function replies(value: Value): string {
  const from = (generator: string) => `mapfile -t COMPREPLY < <(compgen ${generator} -- "$word"); `;
  switch (value.kind) {
    case "none":
    case "anything":
      return "";
    case "file":
      return `compopt -o filenames; ${from("-f")}`;
    case "directory":
      return `compopt -o filenames; ${from("-d")}`;
    case "words":
      return from(`-W '${value.words.join(" ")}'`);
  }
}
