/** How many columns a text takes in a terminal; escape sequences take none. */
export type WidthOf = (text: string) => number;

/**
 * Texts in lines of at most `width` columns, with ` · ` between two on one line. A text that is too long for a line is
 * broken between words, and a word between characters.
 */
export function wrap(texts: readonly string[], width: number, widthOf: WidthOf): readonly string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const last = lines.at(-1);
    const joined = last === undefined ? text : `${last} · ${text}`;
    if (last !== undefined && widthOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(...breakText(text, width, widthOf));
  }
  return lines;
}

/** A number stays with what it counts: `4.0 %`, `256 KiB/s`. */
const betweenWords = /(?<!(?:^| )[\d.]+) /;

function breakText(text: string, width: number, widthOf: WidthOf): readonly string[] {
  if (widthOf(text) <= width) return [text];
  const lines = [""];
  for (const word of text.split(betweenWords).flatMap((one) => breakWord(one, width, widthOf))) {
    const last = lines.at(-1) ?? "";
    const joined = last === "" ? word : `${last} ${word}`;
    if (widthOf(joined) <= width) lines[lines.length - 1] = joined;
    else lines.push(word);
  }
  return lines;
}

function breakWord(word: string, width: number, widthOf: WidthOf): readonly string[] {
  if (widthOf(word) <= width) return [word];
  const head = cutTo(word, width, widthOf) || (charactersOf(word)[0] ?? "");
  return [head, ...breakWord(word.slice(head.length), width, widthOf)];
}

/** As much of the text as fits, without breaking a character. */
function cutTo(text: string, width: number, widthOf: WidthOf): string {
  let cut = "";
  for (const character of charactersOf(text)) {
    if (widthOf(cut + character) > width) break;
    cut += character;
  }
  return cut;
}

const charactersOf = (text: string) => Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment);

/** At most so many columns, the last one an ellipsis if something was cut. */
export function clipTo(text: string, width: number, widthOf: WidthOf): string {
  return widthOf(text) <= width ? text : `${cutTo(text, width - 1, widthOf)}…`;
}

/** Padded with spaces to so many columns. */
export function padTo(text: string, width: number, widthOf: WidthOf): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}
