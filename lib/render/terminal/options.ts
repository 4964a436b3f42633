import type { Ruler } from "./wrap.ts";

/** The terminal's width and abilities. */
export interface TextOptions {
  readonly colour: boolean;
  /** The terminal's width in columns; null where lines may be as long as they like. */
  readonly columns: number | null;
  readonly ruler: Ruler;
  /** For clock times; null for the machine's own. */
  readonly timezone: string | null;
}

/** The output that the text goes to. */
export interface Destination {
  readonly output: { readonly isTerminal: boolean; readonly columns: number | null };
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The options of standard output. */
export function textOptions(
  { output: { isTerminal, columns }, env }: Destination,
  { timezone }: { readonly timezone: string | null },
  ruler: Ruler,
): TextOptions {
  const colour = isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return { colour, columns, ruler, timezone };
}
