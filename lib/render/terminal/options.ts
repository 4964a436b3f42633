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

/** Whether it is a terminal that is not known to show more than ASCII. */
export function isAscii({ output, env }: Destination): boolean {
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"];
  const isUtf8 = !locale || /utf-?8/i.test(locale);
  return output.isTerminal && (!isUtf8 || env["TERM"] === "linux" || env["TERM"] === "dumb");
}

/** The options of standard output. */
export function textOptions(
  destination: Destination,
  { timezone }: { readonly timezone: string | null },
  ruler: Ruler,
): TextOptions {
  const { output, env } = destination;
  return {
    colour: output.isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb",
    ascii: isAscii(destination),
    columns: output.columns,
    ruler,
    timezone,
  };
}

/** With fewer columns there is no room for names, numbers, bars and words side by side. */
export const leastColumnsAbreast = 72;

/** The width of what goes to no terminal. */
export const usualColumns = 80;
