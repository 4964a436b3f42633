import { afterAll, expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { commandNames } from "../../lib/cli/commands.ts";
import { completions } from "../../lib/cli/completions/index.ts";
import { testWithPrograms } from "../support/needs.ts";
import { run, temporaryDirectory } from "../support/project.ts";

const directory = temporaryDirectory();
afterAll(directory[Symbol.dispose]);
mkdirSync(join(directory.path, "days"));
writeFileSync(join(directory.path, "day.toml"), "");

/** zsh completes only where somebody types, so it is given a terminal; each match is printed behind a word of ours. */
const typing = `
PS1= PROMPT_EOL_MARK=
autoload -Uz compinit; compinit -u -d ./zcompdump
source ./zsh
compadd() {
  [[ \${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]] && { builtin compadd "$@"; return }
  local -a hits
  builtin compadd -A hits "$@"
  builtin compadd "$@"
  print -l HIT:$^hits
}
finish() { print END; exit }
zle -N finish; bindkey '^X' finish; bindkey '^I' complete-word`;
writeFileSync(join(directory.path, "typing"), typing);

/** Scripts that print what a shell offers at the end of a line, each on a line. The completions are in a file of its name. */
const shells: Readonly<Record<string, (line: string) => string>> = {
  bash: (line) => {
    // As readline splits them: "=" is a word of its own.
    const words = line.replace(/=/g, " = ").split(" ");
    return `
compopt() { :; }
source ./bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}) COMP_CWORD=${words.length - 1}
$(complete -p server-metrics | sed 's/.*-F //; s/ .*//')
printf '%s\\n' "\${COMPREPLY[@]}"`;
  },
  fish: (line) => `source ./fish; complete -C '${line}' | cut -f1`,
  zsh: (line) => `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'source ./typing'
zpty -w -n shell '${line}'$'\\t\\x18'
zpty -r shell out '*END*'
print -r -- $out | tr -d '\\r' | sed -n 's/.*HIT://p'`,
};

async function offered(shell: string, line: string): Promise<readonly string[]> {
  writeFileSync(join(directory.path, shell), completions(shell));
  const script = shells[shell]?.(line) ?? "";
  // fish complains when it cannot write into its user's home.
  const { stdout, stderr } = await run([shell, "-c", script], { cwd: directory.path, env: { HOME: directory.path } });
  expect(stderr).toBe("");
  return [...new Set(stdout.split("\n").filter((word) => word !== ""))].toSorted();
}

for (const shell of Object.keys(shells)) {
  const testThere = testWithPrograms(shell);

  testThere(`${shell} offers the commands, and those that begin as typed`, async () => {
    const all = await offered(shell, "server-metrics ");
    expect(commandNames.filter((name) => !all.includes(name))).toEqual([]);
    expect(await offered(shell, "server-metrics uni")).toEqual(["uninstall"]);
  });

  testThere(`${shell} offers the options of a command, and those of the report where none is named`, async () => {
    expect(await offered(shell, "server-metrics --d")).toEqual(["--dry-run"]);
    expect(await offered(shell, "server-metrics report --d")).toEqual(["--dry-run"]);
    const ofOutbox = await offered(shell, "server-metrics outbox --");
    expect(ofOutbox.map((word) => word.replace(/=$/, ""))).toEqual([
      "--config",
      "--drop",
      "--help",
      "--json",
      "--name",
      "--no-color",
      "--retry",
      "--state-dir",
      "--version",
    ]);
  });

  testThere(`${shell} offers what an option may have`, async () => {
    expect(await offered(shell, "server-metrics --layout ")).toEqual(["card", "classic"]);
    expect(await offered(shell, "server-metrics export --format o")).toEqual(["otlp-json"]);
    expect((await offered(shell, "server-metrics --layout=cl")).map((word) => word.replace("--layout=", ""))).toEqual([
      "classic",
    ]);
    expect(await offered(shell, "server-metrics show --name x --j")).toEqual(["--json"]);
  });

  testThere(`${shell} offers files, directories and shells where they belong`, async () => {
    const paths = async (line: string) => (await offered(shell, line)).map((word) => word.replace(/\/$/, ""));
    expect(await paths("server-metrics check --config da")).toEqual(["day.toml", "days"]);
    expect(await paths("server-metrics --state-dir da")).toEqual(["days"]);
    expect(await paths("server-metrics completions z")).toEqual(["zsh"]);
  });
}
