import { printable } from "../format.ts";

/**
 * Text from the machine, made safe for a place where Discord renders markdown: names of hosts, mounts and units may hold
 * anything. Mentions never ping from an embed, but `@everyone` would still look like one.
 */
export function escapeMarkdown(text: string): string {
  return printable(text)
    .replace(/[\\*_~`|<>[\]()#]/g, "\\$&")
    .replace(/^(\s*)([-+]|\d+\.)(?=\s)/gm, "$1\\$2")
    .replace(/@(?=everyone|here)/gi, "@\u200B")
    .replace(/:\/\//g, ":\u200B//");
}

/** A time that Discord shows in the reader's own zone; `f` with its date, `t` without, `R` counted from now. */
export function discordTime(ms: number, style: "f" | "t" | "R"): string {
  return `<t:${Math.floor(ms / 1000)}:${style}>`;
}
