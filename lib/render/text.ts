import { bar, printable } from "../format.ts";
import type { Report, ReportRow, Verdict } from "../report.ts";

/** How a terminal wants its text. */
export interface TextOptions {
  readonly colour: boolean;
}

type Tone = Verdict | "plain";

const escapes: Readonly<Record<Tone, string>> = {
  ok: "\u001B[32m",
  warning: "\u001B[33m",
  critical: "\u001B[31m",
  unknown: "\u001B[90m",
  plain: "",
};

const signs: Readonly<Record<Verdict, string>> = { ok: "●", warning: "▲", critical: "■", unknown: "○" };
const words: Readonly<Record<Verdict, string>> = { ok: "", warning: "warning: ", critical: "critical: ", unknown: "" };

/** The report for a terminal: what is wrong first, then a line a row. */
export function renderText(report: Report, { colour }: TextOptions): string {
  const paint = (tone: Tone, text: string) => (colour && escapes[tone] ? `${escapes[tone]}${text}\u001B[0m` : text);
  const rows = report.sections.flatMap((section) => section.rows);
  const width = Math.max(0, ...rows.map(({ label }) => lengthOf(printable(label))));
  const title = `${signs[report.verdict]} ${printable(report.name)} — ${words[report.verdict]}${printable(report.headline)}`;
  const lines = rows.map((row) => {
    const label = printable(row.label).padEnd(width + row.label.length - lengthOf(row.label));
    const gauge = row.percent === undefined ? "          " : bar(row.percent);
    return `  ${label}  ${paint(toneOf(row), gauge)}  ${row.lines.map(printable).join(" · ")}`.trimEnd();
  });
  const notes = report.notes.map((note) => `  ${printable(note)}`);
  return `${[paint(report.verdict, title), ...notes, "", ...lines].join("\n")}\n`;
}

const toneOf = (row: ReportRow): Tone => row.severity ?? (row.percent === undefined ? "plain" : "ok");

const lengthOf = (text: string) => Array.from(text).length;
