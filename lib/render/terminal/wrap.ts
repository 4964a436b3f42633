/** Measures text by the width of its characters; escape sequences have none. Bun's own functions, under their names. */
export interface Ruler {
  readonly stringWidth: (text: string) => number;
  readonly sliceAnsi: (text: string, start: number, end: number, ellipsis: string) => string;
}

/** Texts in lines of at most `width` columns, with ` · ` between two on one line. */
export function wrap(texts: readonly string[], width: number, ruler: Ruler): readonly string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const joined = last === undefined ? text : `${last} · ${text}`;
    if (last !== undefined && ruler.stringWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(...breakText(text, width, ruler, places));
  }
  return lines.map((line) => line.trimEnd());
}

const wide = "[\u3000-\u9FFF\uFF00-\uFFEF]";
const notFirst = "[、。，．）」』】％！？：；〜ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々]";

/**
 * Where a text is broken: between phrases; where that is too wide, between words, or Japanese letters of which none stands
 * alone; at last anywhere. A number stays with what it counts: `4.0 %`, `256 KiB/s`.
 */
const places: readonly RegExp[] = [
  /(?<=[,;:] |、)|(?<= )(?=\()|(?=（)/u,
  new RegExp(`(?<=(?<!(?:^| )[\\d.]+) )|(?<=${wide})(?<![（「『【])(?=${wide})(?!${notFirst})`, "u"),
  /(?:)/u,
];

function breakText(text: string, width: number, ruler: Ruler, [place, ...later]: readonly RegExp[]): readonly string[] {
  if (ruler.stringWidth(text.trimEnd()) <= width || place === undefined) return [text];
  const lines: string[] = [];
  for (const part of text.split(place)) {
    const joined = `${lines.at(-1) ?? ""}${part}`;
    if (lines.length > 0 && ruler.stringWidth(joined.trimEnd()) <= width) lines[lines.length - 1] = joined;
    else lines.push(...breakText(part, width, ruler, later));
  }
  return lines;
}

/** Clips a line to this many columns; the last one is an ellipsis when something was cut. */
export function clipTo(text: string, width: number, ruler: Ruler): string {
  const cut = ruler.sliceAnsi(text, 0, width, "…");
  // Bun 1.4.5 keeps a wide character of which one half fits.
  return ruler.stringWidth(cut) <= width ? cut : ruler.sliceAnsi(text, 0, width - 1, "…");
}

/** Pads with spaces to this many columns. */
export function padTo(text: string, width: number, { stringWidth }: Ruler): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** The same with the spaces before the text. */
export function padBefore(text: string, width: number, { stringWidth }: Ruler): string {
  return " ".repeat(Math.max(0, width - stringWidth(text))) + text;
}
