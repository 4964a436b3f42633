import { type Incident, incidentText } from "../../alerts/incidents.ts";
import { clockTime, localDay, localText, printable, sparkline } from "../../format.ts";
import type { Span } from "../../past/chart.ts";
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
  /** Spans in which nothing was measured. */
  readonly gaps: readonly Span[];
}

const numberWidth = 10;
const widestLabel = 24;

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
  const lines = summaries.length === 0 ? [`  ${forms.empty}`] : layout(summaries, options);
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

function abreast(summaries: readonly Summary[], options: HistoryOptions): readonly string[] {
  const { columns, ruler, words, forms } = options;
  const { minimum, average, maximum, last } = forms.columns;
  const widest = Math.max(...summaries.map(({ key }) => ruler.stringWidth(printable(labelOf(key, words)))));
  const width = Math.min(widest, columns === null ? Infinity : widestLabel);
  const room = columns === null ? Infinity : columns - 2 - width - 4 * numberWidth - 2;
  const padded = (texts: readonly string[]) => texts.map((text) => padBefore(text, numberWidth, ruler)).join("");
  return [
    paint("dim", `  ${" ".repeat(width)}${padded([minimum, average, maximum, last])}`, options),
    ...summaries.map((summary) => {
      const label = padTo(clipTo(printable(labelOf(summary.key, words)), width, ruler), width, ruler);
      return `  ${label}${padded(numbersOf(summary, words))}  ${lineOf(summary, room)}`;
    }),
  ];
}

function stacked(summaries: readonly Summary[], { columns, ruler, words, forms }: HistoryOptions): readonly string[] {
  const width = columns ?? Infinity;
  return summaries.flatMap((summary) => {
    const [minimum = "", average = "", maximum = "", last = ""] = numbersOf(summary, words);
    const facts = [forms.range(minimum, maximum), forms.average(average), forms.last(last)];
    return [
      `  ${clipTo(printable(labelOf(summary.key, words)), width - 2, ruler)}`,
      ...[lineOf(summary, width - 4), ...wrap(facts, width - 4, ruler)].map((line) => `    ${line}`),
    ];
  });
}

const lineOf = ({ buckets, unit }: Summary, room: number) =>
  sparkline(coarsen(buckets, Math.max(1, room)), unit === "percent" ? 10 : 1);

function numbersOf({ key, minimum, average, maximum, last }: Summary, words: Words): readonly string[] {
  return [minimum.value, average, maximum.value, last.value].map((value) => numberText(key, value, words));
}
