import { clockTime, localText, printable } from "../../format.ts";
import type { MetricName } from "../../metrics/index.ts";
import { remarkText } from "../../past/trend.ts";
import { cardRows, rankedRows } from "../../report/cardRows.ts";
import { headlineOf, systemOf } from "../../report/headline.ts";
import type { Report, ReportRow } from "../../report/report.ts";
import { shorten } from "../../report/shortRow.ts";
import { asText, headOf, paint } from "./frame.ts";
import type { TextOptions } from "./options.ts";
import { drawRows, type TextRow } from "./rows.ts";
import { wrap } from "./wrap.ts";

/** The rows that matter, and the lines of it all, so that the prompt has room in a terminal of 24. */
const glance = { rows: 10, lines: 23, notes: 3, linesOfNote: 2 } as const;

/** What follows the rows of a card while there is room. */
const next: readonly (MetricName | null)[] = ["network", "topProcesses", "storage", "memory", "services", "units"];

/** The report in as many lines as a low terminal shows: what is wrong, the numbers that matter, how many more there are. */
export function renderGlance(report: Report, options: TextOptions): string {
  const { nextMs, words } = report;
  const [card, all] = [cardRows(report), rankedRows(report)];
  const shown = new Set([...card.marked, ...card.well].map(({ label }) => label));
  const others = next.flatMap((name) => all.well.filter(({ metric, label }) => metric === name && !shown.has(label)));
  const wanted = [...card.marked, ...card.well, ...others].slice(0, Math.max(glance.rows, shown.size));
  const notes = notesOf(report).slice(0, glance.notes);
  const due = nextMs === null ? [] : [words.card.next(clockTime(nextMs, options.timezone))];
  const draw = (count: number): readonly string[] => {
    const hidden = all.marked.length + all.well.length - count;
    const lines = [
      ...headLines(report, options),
      ...drawRows(
        wanted.slice(0, count).map((row) => inShort(row, report, options)),
        report,
        options,
      ),
      ...spaced([
        ...notes.flatMap((note) => faint([note], options).slice(0, glance.linesOfNote)),
        ...faint([...due, ...(hidden === 0 ? [] : [words.terminal.more(hidden)])], options),
      ]),
    ];
    return lines.length > glance.lines && count > 0 ? draw(count - 1) : lines;
  };
  return asText(draw(wanted.length), options);
}

/** The lines that stay in sight, and the others. */
export interface FullText {
  readonly head: readonly string[];
  readonly body: readonly string[];
}

/** Every row with all that it says. */
export function fullText(report: Report, options: TextOptions): FullText {
  const { marked, well } = rankedRows(report);
  const rows = report.sections.flatMap((section) => section.rows);
  const absent = rows.filter((row) => row.absent === true).map(({ label }) => label);
  return {
    head: headLines(report, options),
    body: [
      ...drawRows(
        [...marked, ...well].map((row) => inFull(row, report, options)),
        report,
        options,
      ),
      ...spaced(notesOf(report).flatMap((note) => faint([note], options))),
      ...spaced(absent.length === 0 ? [] : faint([report.words.terminal.absent(absent)], options)),
    ],
  };
}

/** The same as one text. */
export function renderAll(report: Report, options: TextOptions): string {
  const { head, body } = fullText(report, options);
  return asText([...head, ...body], options);
}

/** A row with its one remark; without a number, with all that fits. */
function inShort(row: ReportRow, report: Report, options: TextOptions): TextRow {
  const { number, remark } = shorten(row, report, mediumOf(report, options));
  const isBare = number === null && row.remark === undefined && row.alerts.length === 0;
  return { row, number: number ?? "", texts: isBare ? row.lines : [remark], isShort: true };
}

function inFull(row: ReportRow, report: Report, options: TextOptions): TextRow {
  const medium = mediumOf(report, options);
  const { number, remark } = shorten(row, report, medium);
  const remarks = (row.trend?.remarks ?? []).map((one) =>
    remarkText(row.trend?.key ?? "", one, report.words, report.format, (ms) => medium.time(ms, false)),
  );
  const texts = [...(row.alerts.length === 0 ? [] : [remark]), ...row.lines, ...remarks];
  return { row, number: number ?? "", texts: [...new Set(texts)].filter((text) => text !== number), isShort: false };
}

const mediumOf = ({ snapshot: { takenAtMs } }: Report, { timezone }: TextOptions) => ({
  time: (ms: number, withDate: boolean) => (withDate ? localText(ms, takenAtMs, timezone) : clockTime(ms, timezone)),
  plain: printable,
});

const marks = { well: "ok", notice: "notice", warning: "warning", critical: "critical", unknown: "unknown" } as const;

function headLines(report: Report, options: TextOptions): readonly string[] {
  const { look, text } = headlineOf(report);
  const facts = [...systemOf(report).split(" · "), clockTime(report.snapshot.takenAtMs, options.timezone)];
  return headOf({ mark: marks[look], name: report.name, verdict: text, facts }, options);
}

const notesOf = ({ notes, mutes, changed }: Report) => [
  ...notes,
  ...mutes.sentences,
  ...(changed === null ? [] : [changed]),
];
const spaced = (lines: readonly string[]) => (lines.length === 0 ? [] : ["", ...lines]);

/** What stands under the rows. */
const faint = (texts: readonly string[], options: TextOptions) =>
  wrap(texts.map(printable), (options.columns ?? Infinity) - 2, options.ruler).map(
    (line) => `  ${paint("dim", line, options)}`,
  );
