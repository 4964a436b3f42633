import { bar, clockTime, printable, sparkline } from "../../format.ts";
import type { Severity } from "../../model/rule.ts";
import { coarsen } from "../../past/series.ts";
import { remarkText, type Trend } from "../../past/trend.ts";
import { type Report, type ReportRow, type Section, titleOf, type Verdict } from "../../report/report.ts";
import type { TextOptions } from "./options.ts";
import { clipTo, padTo, wrap } from "./wrap.ts";

type Tone = Verdict | "dim" | "plain";

const escapes: Readonly<Record<Tone, string>> = {
  ok: "\u001B[32m",
  warning: "\u001B[33m",
  critical: "\u001B[31m",
  unknown: "\u001B[90m",
  dim: "\u001B[90m",
  plain: "",
};

const signs: Readonly<Record<Verdict, string>> = { ok: "●", warning: "▲", critical: "■", unknown: "○" };
const severities: readonly Severity[] = ["critical", "warning"];

const barCells = 10;
/** Below it there is no room for a column of labels, one of bars and one of texts. */
const leastColumnsAbreast = 72;
/** A name of a disk may be longer than anything. */
const widestLabel = 32;

/** Renders the report for a terminal: what is wrong, the core rows, the rest, and absent metrics in one line. */
export function renderText(report: Report, options: TextOptions): string {
  const { colour, columns, ruler } = options;
  const paint = (tone: Tone, text: string) => (colour && escapes[tone] ? `${escapes[tone]}${text}\u001B[0m` : text);
  const wrapped = (text: string, indent: string, tone: Tone) =>
    wrap([printable(text)], (columns ?? Infinity) - 2, ruler).map((line, index) =>
      index === 0 && indent === "" ? paint(tone, line) : `  ${paint(tone, line)}`,
    );
  const { verdict, words } = report;
  const title = wrapped(`${signs[verdict]} ${titleOf(report)}`, "", verdict);
  const rows = report.sections.flatMap((section) => section.rows);
  const here = rows.filter(({ absent }) => absent !== true);
  const labels = rows.filter(({ absent }) => absent === true).map(({ label }) => label);
  const arrange = columns === null || columns >= leastColumnsAbreast ? abreast : stacked;
  const layout = arrange(here, report, options, paint);
  const groups = groupsOf(report.sections).map((group) => group.flatMap(layout));
  return [
    [...title, ...[...report.notes, ...report.mutes.sentences].flatMap((note) => wrapped(note, "  ", "plain"))],
    ...groups,
    labels.length === 0 ? [] : wrapped(words.terminal.absent(labels), "  ", "dim"),
  ]
    .filter((group) => group.length > 0)
    .map((group) => `${group.map((line) => line.trimEnd()).join("\n")}\n`)
    .join("\n");
}

type Paint = (tone: Tone, text: string) => string;
type Layout = (row: ReportRow) => readonly string[];

/** Sorts rows into what is wrong (worst first), the core with its top processes, and the rest. */
function groupsOf(sections: readonly Section[]): readonly (readonly ReportRow[])[] {
  const rows = sections
    .flatMap(({ metric, rows: own }) =>
      own.map((row) => ({ ...row, isEarly: row.importance === "core" || metric === "topProcesses" })),
    )
    .filter(({ absent }) => absent !== true);
  const well = rows.filter(({ severity }) => severity === null);
  return [
    severities.flatMap((severity) => rows.filter((row) => row.severity === severity)),
    well.filter(({ isEarly }) => isEarly),
    well.filter(({ isEarly }) => !isEarly),
  ];
}

/** Labels, bars and texts in columns side by side. */
function abreast(
  rows: readonly ReportRow[],
  report: Report,
  { columns, ruler, timezone }: TextOptions,
  paint: Paint,
): Layout {
  const widest = Math.max(0, ...rows.map(({ label }) => ruler.stringWidth(printable(label))));
  const labelWidth = Math.min(widest, columns === null ? widestLabel : Math.floor(columns / 4));
  const left = 2 + labelWidth + 2 + barCells + 2;
  return (row) => {
    const label = printable(row.label);
    const shown = columns === null ? label : clipTo(label, labelWidth, ruler);
    const gauge = row.percent === undefined ? " ".repeat(barCells) : paint(toneOf(row), bar(row.percent, barCells));
    const texts = wrap(textsOf(row, report, 24, timezone), columns === null ? Infinity : columns - left, ruler);
    const [first = "", ...more] = texts;
    const head = `${paint(toneOf(row), signOf(row))} ${padTo(shown, labelWidth, ruler)}  ${gauge}  ${first}`;
    return [head, ...more.map((text) => " ".repeat(left) + text)];
  };
}

/** Label, bar and number in one line, the rest below. */
function stacked(
  rows: readonly ReportRow[],
  report: Report,
  { columns, ruler, timezone }: TextOptions,
  paint: Paint,
): Layout {
  const width = columns ?? Infinity;
  const gauged = rows.filter(({ percent }) => percent !== undefined);
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => ruler.stringWidth(text)));
  const numberWidth = widest(gauged.map(({ lines }) => printable(lines[0] ?? "")));
  const room = Math.max(1, width - 2 - 1 - barCells - 1 - numberWidth);
  const labelWidth = Math.min(room, widest(gauged.map(({ label }) => printable(label))));
  return (row) => {
    const texts = textsOf(row, report, 12, timezone);
    const [first = "", ...rest] = texts;
    const head = (label: string) => `${paint(toneOf(row), signOf(row))} ${label}`;
    const label = printable(row.label);
    const below = (lines: readonly string[]) => wrap(lines, width - 4, ruler).map((line) => `    ${line}`);
    if (row.percent === undefined) {
      const alone = `${label}: ${texts.join(" · ")}`;
      return ruler.stringWidth(alone) <= width - 2
        ? [head(alone)]
        : [head(clipTo(label, width - 2, ruler)), ...below(texts)];
    }
    const name = padTo(clipTo(label, labelWidth, ruler), labelWidth, ruler);
    return [head(`${name} ${paint(toneOf(row), bar(row.percent, barCells))} ${first}`), ...below(rest)];
  };
}

function textsOf(row: ReportRow, report: Report, buckets: number, timezone: string | null): readonly string[] {
  return [...row.lines.map(printable), ...(row.trend === null ? [] : trendTexts(row.trend, report, buckets, timezone))];
}

function trendTexts(
  { key, buckets, leastSpan, hours, remarks }: Trend,
  { words, format }: Report,
  most: number,
  timezone: string | null,
) {
  const time = (ms: number) => clockTime(ms, timezone);
  return [
    words.trend.hours(sparkline(coarsen(buckets, most), leastSpan), hours),
    ...remarks.map((remark) => remarkText(key, remark, words, format, time)),
  ];
}

const toneOf = (row: ReportRow): Tone => row.severity ?? (row.percent === undefined ? "plain" : "ok");
const signOf = ({ severity }: ReportRow) => (severity === null ? " " : signs[severity]);
