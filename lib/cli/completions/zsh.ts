import { type Command, type Option, grammar } from "./grammar.ts";

/** A script for zsh, to be evaluated by ~/.zshrc after compinit, or to lie in the fpath as _server-metrics. */
export function zshCompletions(): string {
  const names = grammar.map(({ name, description }) => quoted(`${name}:${description}`));
  const fallback = grammar.find(({ isDefault }) => isDefault);
  return `#compdef server-metrics
_server-metrics() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
    ${names.join("\n    ")}
  )
  local command=\${words[(r)(${grammar.map(({ name }) => name).join("|")})]}
  case $command in
${grammar.map((command) => `    ${command.name}) _arguments ${specs(command)} ;;`).join("\n")}
    *) _arguments ${fallback === undefined ? "" : specs(fallback)} ;;
  esac
  [[ $state == command ]] && _describe command commands
}
if [[ $funcstack[1] == _server-metrics ]]; then _server-metrics "$@"; else compdef _server-metrics server-metrics; fi
`;
}

function specs({ options, choices }: Command): string {
  const second = choices.length === 0 ? [] : [quoted(`2:word:(${choices.join(" ")})`)];
  return [quoted("1: :->command"), ...second, ...options.map(spec)].join(" \\\n      ");
}

function spec({ flag, description, value }: Option): string {
  const told = `[${description.replace(/[\][\\]/g, "\\$&")}]`;
  switch (value.kind) {
    case "none":
      return quoted(`${flag}${told}`);
    case "anything":
      return quoted(`${flag}=${told}: : `);
    case "file":
      return quoted(`${flag}=${told}:file:_files`);
    case "directory":
      return quoted(`${flag}=${told}:directory:_files -/`);
    case "words":
      return quoted(`${flag}=${told}:word:(${value.words.join(" ")})`);
  }
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
