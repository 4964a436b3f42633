import { bashCompletions } from "../completions/bash.ts";
import { fishCompletions } from "../completions/fish.ts";
import { zshCompletions } from "../completions/zsh.ts";

const scripts: Readonly<Record<string, () => string>> = {
  bash: bashCompletions,
  zsh: zshCompletions,
  fish: fishCompletions,
};

/** The script that completes this program's command line in a shell; empty for a shell that is none of the choices. */
export const completions = (shell = ""): string => scripts[shell]?.() ?? "";
