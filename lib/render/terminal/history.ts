import { type Incident, incidentText } from "../../alerts/incidents.ts";
import { clockTime, localDay, localText, printable, sparkline } from "../../format.ts";
import type { ChangeMark, Span } from "../../past/chart.ts";
import type { Summary } from "../../past/summary.ts";
import { labelOf, numberText } from "../../past/keyMetrics.ts";
import { coarsen } from "../../past/series.ts";
import type { Words } from "../../words/en.ts";
import type { HistoryWords } from "../../words/en/history.ts";
import { asText, headOf, paint, signOf } from "./frame.ts";
import { leastColumnsAbreast, type TextOptions } from "./options.ts";
import { clipTo, padBefore, padTo, wrap } from "./wrap.ts";

/** The remembered past. */
export interface History {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly runs: number;
  readonly summaries: readonly Summary[];
  /** Those of that time. */
  readonly incidents: readonly Incident[];
  readonly changes: readonly ChangeMark[];
  /** Spans in which nothing was measured. */
  readonly gaps: readonly Span[];
}

/** The least columns of a number. */
const numberWidth = 10;
const widestLabel = 24;
/** The least columns of a trend. */
const leastLine = 4;

/** Options of the history's text. */
export interface HistoryOptions extends TextOptions {
  readonly words: Words;
  readonly forms: HistoryWords;
}

/** The history for a terminal: a line a number, or some where there is little room. */
export function renderHistory(history: History, options: HistoryOptions): string {
  const { name, fromMs, toMs, runs, summaries } = history;
  const { columns, timezone, forms } = options;
  const facts = [forms.runs(runs), forms.until(`${localDay(toMs, timezone)} ${clockTime(toMs, timezone)}`)];
  const layout = columns === null || columns >= leastColumnsAbreast ? abreast : stacked;
  const lines = summaries.length === 0 ? [`  ${forms.empty}`] : layout(history, options);
  const head = headOf({ mark: "ok", name, verdict: forms.title((toMs - fromMs) / 1000), facts }, options);
  return asText([...head, "", ...lines, ...eventLines(history, options)], options);
}

/** Incidents and gaps that are told one by one, the last ones. */
const mostEvents = 10;

/** What was wrong, and when nothing was measured, in the order in which it began. */
function eventLines({ incidents, gaps, toMs: nowMs }: History, options: HistoryOptions): readonly string[] {
  const { words, forms, timezone, columns, ruler } = options;
  const at = (ms: number) => localText(ms, nowMs, timezone);
  const secondsOf = (fromMs: number, toMs: number | null) => ((toMs ?? nowMs) - fromMs) / 1000;
  const told = incidents.map((incident) => {
    const { fromMs, toMs, severity } = incident;
    const [text, seconds] = [printable(incidentText(incident, words)), secondsOf(fromMs, toMs)];
    const line =
      toMs === null
        ? forms.open(text, at(fromMs), seconds)
        : forms.past(text, at(fromMs), localText(toMs, fromMs, timezone), seconds);
    return { fromMs, severity, line };
  });
  const silent = gaps.map(([fromMs, toMs]) => {
    return {
      fromMs,
      severity: null,
      line: forms.gap(at(fromMs), localText(toMs, fromMs, timezone), secondsOf(fromMs, toMs)),
    };
  });
  const all = [...told, ...silent].toSorted((one, other) => one.fromMs - other.fromMs);
  const more = all.length - mostEvents;
  const lines = all
    .slice(-mostEvents)
    .flatMap(({ severity, line }) =>
      wrap([line], columns === null ? Infinity : columns - 2, ruler).map(
        (part, index) => signOf(index === 0 ? severity : null, options) + part,
      ),
    );
  if (lines.length === 0) return [];
  return ["", ...lines, ...(more > 0 ? [`  ${paint("dim", words.alert.moreLines(more), options)}`] : [])];
}

function abreast(history: History, options: HistoryOptions): readonly string[] {
  const { summaries, changes } = history;
  const { columns, ruler, words, forms } = options;
  const { minimum, average, maximum, last } = forms.columns;
  const labels = summaries.map(({ key }) => printable(labelOf(key, words)));
  const title = changes.length === 0 ? [] : [words.changes.title];
  const widest = Math.max(...[...labels, ...title].map((label) => ruler.stringWidth(label)));
  const width = Math.min(widest, columns === null ? Infinity : widestLabel);
  const numbers = summaries.map((one) => numbersOf(one, words));
  const widestNumber = Math.max(...numbers.flat().map((text) => ruler.stringWidth(text)));
  const cell = Math.max(numberWidth, widestNumber + 2);
  const room = columns === null ? Infinity : columns - 2 - width - 4 * cell - 2;
  if (room < leastLine) return stacked(history, options);
  const padded = (texts: readonly string[]) => texts.map((text) => padBefore(text, cell, ruler)).join("");
  const rowOf = (label: string, cells: string, line: string) =>
    `  ${padTo(clipTo(label, width, ruler), width, ruler)}${cells}  ${line}`;
  return [
    paint("dim", `  ${" ".repeat(width)}${padded([minimum, average, maximum, last])}`, options),
    ...summaries.map((one, index) => rowOf(labels[index] ?? "", padded(numbers[index] ?? []), lineOf(one, room))),
    ...title.map((label) => rowOf(label, padded(["", "", "", ""]), marksOf(history, room, options))),
  ];
}

function stacked(history: History, options: HistoryOptions): readonly string[] {
  const { columns, ruler, words, forms } = options;
  const width = columns ?? Infinity;
  const numbers = history.summaries.flatMap((summary) => {
    const [minimum = "", average = "", maximum = "", last = ""] = numbersOf(summary, words);
    const facts = [forms.range(minimum, maximum), forms.average(average), forms.last(last)];
    return [
      `  ${clipTo(printable(labelOf(summary.key, words)), width - 2, ruler)}`,
      ...[lineOf(summary, width - 4), ...wrap(facts, width - 4, ruler)].map((line) => `    ${line}`),
    ];
  });
  if (history.changes.length === 0) return numbers;
  return [...numbers, `  ${words.changes.title}`, `    ${marksOf(history, width - 4, options)}`];
}

/** Below the lines of the numbers: a sign in each part of the time in which something changed. */
function marksOf({ summaries, changes, fromMs, toMs }: History, room: number, options: HistoryOptions): string {
  const count = Math.max(1, Math.min(room, ...summaries.map(({ buckets }) => buckets.length)));
  const cells = Array.from({ length: count }, () => " ");
  for (const { atMs, isLoud } of changes.toSorted((one, other) => Number(one.isLoud) - Number(other.isLoud))) {
    const cell = Math.floor(((atMs - fromMs) / (toMs - fromMs)) * count);
    cells[Math.min(count - 1, Math.max(0, cell))] = isLoud ? paint("warning", "▲", options) : "·";
  }
  return cells.join("");
}

const lineOf = ({ buckets, unit }: Summary, room: number) =>
  sparkline(coarsen(buckets, Math.max(1, room)), unit === "percent" ? 10 : 1);

function numbersOf({ key, minimum, average, maximum, last }: Summary, words: Words): readonly string[] {
  return [minimum.value, average, maximum.value, last.value].map((value) => numberText(key, value, words));
}
