/** Lays out text by the width of its characters; escape sequences have none. Bun's own functions, under their names. */
export interface Ruler {
  readonly stringWidth: (text: string) => number;
  readonly sliceAnsi: (text: string, start: number, end: number, ellipsis: string) => string;
  readonly wrapAnsi: (text: string, columns: number, options: { readonly hard: boolean }) => string;
}

/**
 * Texts in lines of at most `width` columns, with ` · ` between two on one line. A text that is too long for a line is
 * broken between words, and a word between characters.
 */
export function wrap(texts: readonly string[], width: number, ruler: Ruler): readonly string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const joined = last === undefined ? text : `${last} · ${text}`;
    if (last !== undefined && ruler.stringWidth(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(...breakText(text, width, ruler));
  }
  return lines;
}

/** A number stays with what it counts: `4.0 %`, `256 KiB/s`. */
const afterNumber = /(?<=(?:^| )[\d.]+) /g;
const noBreak = "\u00A0";

function breakText(text: string, width: number, ruler: Ruler): readonly string[] {
  if (ruler.stringWidth(text) <= width) return [text];
  const broken = ruler.wrapAnsi(text.replace(afterNumber, noBreak), width, { hard: true });
  return broken.replaceAll(noBreak, " ").split("\n");
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
