/** What the escape sequences of `lib/render/terminal/frame.ts` look like in a terminal, by theme. */
const themes = {
  dark: {
    ground: "#1a1b26",
    text: "#c0caf5",
    prompt: "#7aa2f7",
    colours: ["#f7768e", "#9ece6a", "#e0af68", "#7dcfff"],
  },
  light: {
    ground: "#ffffff",
    text: "#1f2328",
    prompt: "#0550ae",
    colours: ["#cd0000", "#00a000", "#b58900", "#0087a0"],
  },
} as const;

export type TerminalTheme = keyof typeof themes;

/** A page that shows a command and what it printed in a terminal. */
export function terminalPage(command: string, printed: string, theme: TerminalTheme = "dark"): string {
  const { ground, text, prompt, colours } = themes[theme];
  const [red, green, yellow, cyan] = colours;
  const styles: Readonly<Record<string, string>> = {
    "1m": "font-weight: bold",
    "2m": "opacity: 0.6",
    "31m": `color: ${red}`,
    "32m": `color: ${green}`,
    "33m": `color: ${yellow}`,
    "36m": `color: ${cyan}`,
  };
  const [first = "", ...painted] = Bun.escapeHTML(printed.replaceAll("\r", "").trimEnd()).split("\u001B[");
  const spans = painted.map((part) => {
    const end = part.indexOf("m") + 1;
    return `<span style="${styles[part.slice(0, end)] ?? ""}">${part.slice(end)}</span>`;
  });
  return `<!doctype html><meta charset="utf-8"><style>
    body { margin: 0; width: max-content; background: ${ground}; color: ${text} }
    pre { margin: 0; padding: 18px 24px; font: 13px/1.5 "DejaVu Sans Mono", "Noto Sans Mono CJK JP", monospace }
    b { color: ${prompt}; font-weight: normal }
  </style><body><pre><b>$</b> ${command}\n${first}${spans.join("")}</pre>`;
}
