/** The lines of a sudoers file that mean something, `sudoers(5)`: without comments, each continued one whole. */
export function parseSudoers(text: string): readonly string[] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) =>
      line
        .replace(/(?<!\S)#(?!include|\d).*$/, "")
        .replace(/\s+/g, " ")
        .trim(),
    )
    .filter(Boolean);
}
