import { printable } from "../../format.ts";
import { type TextOptions, usualColumns } from "./options.ts";
import { clipTo, wrap } from "./wrap.ts";

/** How a text is painted: signs and bars in the colours of the terminal's owner, words only bold or faint. */
export type Tone = "critical" | "warning" | "unknown" | "ok" | "bold" | "dim";

const codes: Readonly<Record<Tone, number>> = { critical: 31, warning: 33, unknown: 36, ok: 32, bold: 1, dim: 2 };

/** A painted text where there is colour, and else the text. */
export function paint(tone: Tone | null, text: string, { colour }: TextOptions): string {
  return colour && tone !== null && text !== "" ? `\u001B[${codes[tone]}m${text}\u001B[0m` : text;
}

/** What a line is marked with: a sign means "look here", so a row that is well has none. */
const signs = {
  critical: { sign: "■", tone: "critical" },
  warning: { sign: "▲", tone: "warning" },
  unknown: { sign: "?", tone: "unknown" },
  notice: { sign: "●", tone: "unknown" },
  muted: { sign: "–", tone: "dim" },
  ok: { sign: "●", tone: "ok" },
} as const;

export type Sign = keyof typeof signs;

/** The sign in its column, or the room for one. */
export function signOf(mark: Sign | null, options: TextOptions): string {
  return mark === null ? "  " : `${paint(signs[mark].tone, signs[mark].sign, options)} `;
}

/** The line that every command begins with. */
export interface Head {
  readonly mark: Sign;
  /** The machine's name. */
  readonly name: string;
  readonly verdict: string;
  /** The last ones stay where there is little room. */
  readonly facts: readonly string[];
}

/** Sign, name and verdict, with facts at the right edge; the verdict below the name where it does not fit beside it. */
export function headOf(head: Head, options: TextOptions): readonly string[] {
  const { columns, ruler } = options;
  const width = columns ?? usualColumns;
  const name = columns === null ? printable(head.name) : clipTo(printable(head.name), width - 2, ruler);
  const verdict = printable(head.verdict);
  const room = width - 4 - ruler.stringWidth(name);
  const isBeside = columns === null || ruler.stringWidth(verdict) <= room;
  const left = `${signOf(head.mark, options)}${[name, ...(isBeside ? [verdict] : [])].map((text) => paint("bold", text, options)).join("  ")}`;
  const below = isBeside ? [] : wrap([verdict], width - 2, ruler);
  const rest = width - ruler.stringWidth(left);
  const right = head.facts.map((_, index) => head.facts.slice(index).join(" · "));
  const facts = right.find((text) => ruler.stringWidth(text) + 2 <= rest) ?? (columns === null ? right[0] : "");
  const gap = Math.max(2, rest - ruler.stringWidth(facts ?? ""));
  return [
    facts ? `${left}${" ".repeat(gap)}${paint("dim", facts, options)}` : left,
    ...below.map((line) => `  ${paint("bold", line, options)}`),
  ];
}

const letters = "■▲●–—−·…→°▰▱▁▂▃▄▅▆▇█“”’";
const inAscii = `X!*---|~>'#._.-=+*%#""'`;

/** The text of some lines, for a terminal that shows only ASCII with other signs. */
export function asText(lines: readonly string[], { ascii }: TextOptions): string {
  const text = lines.map((line) => `${line.trimEnd()}\n`).join("");
  return ascii ? Array.from(text, (letter) => inAscii[letters.indexOf(letter)] ?? letter).join("") : text;
}
