/** The colours of `lib/render/terminal/report.ts`, by what stands in its escape sequences after the bracket. */
const colours: Readonly<Record<string, string>> = {
  "31m": "#f7768e",
  "32m": "#9ece6a",
  "33m": "#e0af68",
  "90m": "#737aa2",
};

const style = `
  body { margin: 0; width: max-content; background: #1a1b26; color: #c0caf5 }
  pre { margin: 0; padding: 18px 24px; font: 13px/1.5 "DejaVu Sans Mono", monospace }
  b { color: #7aa2f7; font-weight: normal }
`;

/** A page that shows a command and what it printed in a terminal. */
export function terminalPage(command: string, printed: string): string {
  const [first = "", ...painted] = Bun.escapeHTML(printed.replaceAll("\r", "").trimEnd()).split("\u001B[");
  const spans = painted.map((part) => {
    const end = part.indexOf("m") + 1;
    return `<span style="color: ${colours[part.slice(0, end)] ?? "inherit"}">${part.slice(end)}</span>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>${style}</style><body>
    <pre><b>$</b> ${command}\n${first}${spans.join("")}</pre>`;
}
