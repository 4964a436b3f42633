import { errorMessage } from "../error.ts";

/** What a TOML text says, or one clause on what is wrong with it and in which line. */
export type ParsedToml =
  { readonly ok: true; readonly values: object } | { readonly ok: false; readonly problem: string };

/** Reads a text in TOML. */
export function parseToml(text: string): ParsedToml {
  const parsed = parse(text);
  return parsed.ok ? parsed : { ok: false, problem: `line ${firstBadLine(text)}: ${parsed.problem}` };
}

function parse(text: string): ParsedToml {
  try {
    return { ok: true, values: Bun.TOML.parse(text) };
  } catch (error) {
    // A word that should be in quotes can be a secret.
    return {
      ok: false,
      problem: errorMessage(error)
        .replace(/^TOML Parse error: /, "")
        .replace(/: ".*"$/s, ""),
    };
  }
}

/** Bun does not say where: what is wrong begins after the longest beginning that is right. */
function firstBadLine(text: string): number {
  const lines = text.split("\n");
  const isRight = (_: string, index: number) => parse(lines.slice(0, index + 1).join("\n")).ok;
  return lines.findLastIndex(isRight) + 2;
}
