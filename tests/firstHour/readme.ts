import { readFileSync } from "node:fs";
import { join } from "node:path";

import { projectRoot } from "../support/project.ts";

/** A row of lib/commands/README.md: why, and the exact words, where `…` stands for what differs from box to box. */
export interface Row {
  readonly because: string;
  readonly words: string;
}

/** The rows of the table whose second column has that heading. */
export function rowsUnder(heading: string): readonly Row[] {
  const lines = readFileSync(join(projectRoot, "lib/commands/README.md"), "utf8").split("\n");
  const start = lines.findIndex((line) => cells(line)[1] === heading);
  const rest = lines.slice(start + 2);
  return rest.slice(0, rest.indexOf("")).map((line) => {
    const [because = "", code = ""] = cells(line);
    return { because, words: code.replace(/^`+ ?| ?`+$/g, "") };
  });
}

const cells = (line: string) =>
  line
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim());

/** Whether a text has the words of a row. */
export function wordsOf({ words }: Row): string {
  return words
    .split("…")
    .map((part) => RegExp.escape(part))
    .join(".+");
}
