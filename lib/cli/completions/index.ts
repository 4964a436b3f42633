import { bashCompletions } from "./bash.ts";
import { fishCompletions } from "./fish.ts";
import { zshCompletions } from "./zsh.ts";

const scripts: Readonly<Record<string, () => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

/** The script that completes this program's command line in a shell; empty for a shell that is none of the choices. */
export const completions = (shell = ""): string => scripts[shell]?.() ?? "";
