import type { Ruler } from "./wrap.ts";

/** The terminal's width and abilities. */
export interface TextOptions {
  readonly colour: boolean;
  /** It is not known to show more than ASCII. */
  readonly ascii: boolean;
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
  const { TERM: kind = "", NO_COLOR: noColour } = env;
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  const isUtf8 = !locale || /utf-?8/i.test(locale);
  return {
    colour: isTerminal && !noColour && kind !== "dumb",
    ascii: isTerminal && (!isUtf8 || kind === "linux" || kind === "dumb"),
    columns,
    ruler,
    timezone,
  };
}

/** With fewer columns there is no room for names, numbers, bars and words side by side. */
export const leastColumnsAbreast = 72;
