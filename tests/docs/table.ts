/** The lines of a table in Markdown; the formatter makes its columns even. */
export type Table = readonly string[];

/** A table with that head. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): Table {
  return [head, head.map(() => "---"), ...rows].map(lineOf);
}

const lineOf = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;

/** A text as code, which may have backticks itself. */
export function code(text: string): string {
  if (!text.includes("`")) return `\`${text}\``;
  return text.startsWith("`") || text.endsWith("`") ? `\`\` ${text} \`\`` : `\`\`${text}\`\``;
}
