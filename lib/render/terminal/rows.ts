import { bar, printable, sparkline } from "../../format.ts";
import { observationOf } from "../../model/observation.ts";
import { coarsen } from "../../past/series.ts";
import type { Report, ReportRow } from "../../report/report.ts";
import { markOf, narrow } from "../../report/shortRow.ts";
import { paint, signOf, type Tone } from "./frame.ts";
import { leastColumnsAbreast, type TextOptions, usualColumns } from "./options.ts";
import { clipTo, padBefore, padTo, wrap } from "./wrap.ts";

/** A row, and what is told of it. */
export interface TextRow {
  readonly row: ReportRow;
  readonly number: string;
  readonly texts: readonly string[];
  /** In a line, or in two where the terminal is narrow; what does not fit is left out. */
  readonly isShort: boolean;
}

const barCells = 10;
const sparklineCells = 18;
/** Of a name, where everything is told and where there is a line each; what goes to no terminal is not cut. */
const widestName = { full: 20, short: 16 } as const;

interface Columns {
  readonly name: number;
  readonly number: number;
}

/** The rows in columns: what is marked, and below it the rest. */
export function drawRows(all: readonly TextRow[], report: Report, options: TextOptions): readonly string[] {
  const { columns, ruler } = options;
  const isWide = columns === null || columns >= leastColumnsAbreast;
  const numberOf = ({ number }: TextRow) => printable(isWide ? number : narrow(number));
  const rows = all.map((one) => ({ ...one, number: numberOf(one), texts: one.texts.map(printable) }));
  const widest = (texts: readonly string[]) => Math.max(0, ...texts.map((text) => ruler.stringWidth(text)));
  const most =
    columns === null
      ? Infinity
      : Math.min(widestName[all[0]?.isShort === true ? "short" : "full"], Math.floor(columns / 3));
  const widths = {
    name: Math.min(most, widest(rows.map(({ row }) => printable(row.label)))),
    number: Math.max(4, widest(rows.map(({ number }) => number))),
  };
  const layout = isWide ? abreast : stacked;
  const draw = (some: readonly TextRow[]) => {
    const lines = some.flatMap((one) => layout(one, widths, report, options));
    return lines.length === 0 ? [] : ["", ...lines];
  };
  return [
    ...draw(rows.filter(({ row }) => markOf(row) !== null)),
    ...draw(rows.filter(({ row }) => markOf(row) === null)),
  ];
}

/** The sign, and the name in its column or, where nothing stands beside it, over all of the line. */
function nameOf({ row }: TextRow, width: number, options: TextOptions): string {
  const mark = markOf(row);
  const name = padTo(clipTo(printable(row.label), width, options.ruler), width, options.ruler);
  return `${signOf(mark, options)}${paint(mark === null || mark === "muted" ? null : "bold", name, options)}`;
}

/** Name, number, bar, words, and the last 24 hours at the right edge, where nothing follows: terminals differ in its width. */
function abreast(one: TextRow, widths: Columns, report: Report, options: TextOptions): readonly string[] {
  const { row, number, texts, isShort } = one;
  const { columns, ruler } = options;
  const right = columns ?? usualColumns;
  const column = 2 + widths.name + 2 + widths.number + 2 + barCells + 2;
  const isBare = number === "" && row.percent === undefined;
  const startsEarly = isBare && (!isShort || texts.some((text) => ruler.stringWidth(text) > right - column));
  const left = startsEarly ? 2 + widths.name + 2 : column;
  const course = courseOf(row);
  const beside = right - left - sparklineCells - 2;
  const hasCourse = course !== "" && ruler.stringWidth(texts[0] ?? "") <= beside;
  const room = columns === null ? Infinity : right - left;
  const { line, count } = fill(texts, hasCourse ? beside : room, options);
  const lines = isShort
    ? [line]
    : hasCourse
      ? [line, ...wrap(texts.slice(count), room, ruler)]
      : wrap(texts, room, ruler);
  const [first = "", ...more] = lines;
  const gauge =
    row.percent === undefined ? " ".repeat(barCells) : paint(toneOf(row, report), bar(row.percent, barCells), options);
  const middle = `${padBefore(number, widths.number, ruler)}  ${gauge}  `;
  const end = hasCourse ? `${padTo(first, beside, ruler)}  ${paint("dim", course, options)}` : first;
  const name = isBare && !startsEarly ? column - 4 : widths.name;
  return [
    `${nameOf(one, name, options)}  ${isBare ? "" : middle}${end}`,
    ...more.map((text) => " ".repeat(left) + text),
  ];
}

/** Name and number, and the words beside them, or below where they do not fit. */
function stacked(one: TextRow, widths: Columns, _report: Report, options: TextOptions): readonly string[] {
  const { number, texts, isShort } = one;
  const { ruler } = options;
  const width = options.columns ?? usualColumns;
  const start = `${nameOf(one, widths.name, options)} ${padBefore(number, widths.number, ruler)}`;
  const beside = width - ruler.stringWidth(start) - 2;
  const { line } = fill(texts, width - 4, options);
  const told = isShort ? (line === "" ? [] : [line]) : wrap(texts, width - 4, ruler);
  const [only = "", ...more] = told;
  if (more.length === 0 && ruler.stringWidth(only) <= beside) return [`${start}  ${only}`];
  const head = number === "" ? nameOf(one, width - 2, options) : start;
  return [head, ...told.map((text) => `    ${text}`)];
}

/** As many of the texts as fit into a line, and of the first as much as fits. */
function fill([first = "", ...more]: readonly string[], room: number, { ruler }: TextOptions) {
  let [line, count] = [first, 1];
  for (const text of more) {
    if (ruler.stringWidth(`${line} · ${text}`) > room) break;
    line += ` · ${text}`;
    count += 1;
  }
  return { line: ruler.stringWidth(line) > room ? clipTo(line, room, ruler) : line, count };
}

function courseOf({ trend }: ReportRow): string {
  if (trend === null) return "";
  return sparkline(coarsen(trend.buckets, sparklineCells), trend.leastSpan).padStart(sparklineCells);
}

/** A bar beyond the threshold of its own number is no calm one, although it may not have lasted long enough to alert. */
function toneOf({ severity, alerts, about, percent = 0 }: ReportRow, { words }: Report): Tone {
  if (severity !== null) return severity;
  if (alerts.length > 0) return "dim";
  const { name, labels } = observationOf(about[0] ?? "", 0);
  const [raised] = words.thresholdsOf(name, labels);
  return raised !== undefined && percent >= (name.endsWith("_percent") ? raised : raised * 100) ? "warning" : "ok";
}
