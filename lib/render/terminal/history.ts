import { hourMs } from "../../clock.ts";
import { clockTime, counted, duration, localDay, percent, printable, significant, sparkline } from "../../format.ts";
import type { Summary } from "../../past/summary.ts";
import { coarsen } from "../../past/series.ts";
import type { TextOptions } from "./report.ts";
import { clipTo, padTo, wrap } from "./wrap.ts";

/** What was, as far as it is remembered. */
export interface History {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly runs: number;
  readonly summaries: readonly Summary[];
}

/** Below it the numbers stand under their name. */
const leastColumnsAbreast = 72;
const numberWidth = 9;
const widestLabel = 24;

/** The history for a terminal: a line a number, or some where there is little room. */
export function renderHistory({ name, fromMs, toMs, runs, summaries }: History, options: TextOptions): string {
  const { columns, widthOf, timezone } = options;
  const facts = [
    `${printable(name)}: the last ${spanOf(toMs - fromMs)}`,
    counted(runs, "run"),
    `until ${localDay(toMs, timezone)} ${clockTime(toMs, timezone)}`,
  ];
  const layout = columns === null || columns >= leastColumnsAbreast ? abreast : stacked;
  const lines = summaries.length === 0 ? ["  nothing was measured in that time"] : layout(summaries, options);
  return `${[...wrap(facts, columns ?? Infinity, widthOf), "", ...lines].join("\n")}\n`;
}

/** `24 h`, `7 days`, `30 min` */
function spanOf(ms: number): string {
  const hours = ms / hourMs;
  return Number.isInteger(hours) && hours <= 72 ? `${hours} h` : duration(ms / 1000);
}

function abreast(summaries: readonly Summary[], { columns, widthOf }: TextOptions): readonly string[] {
  const widest = Math.max(...summaries.map(({ label }) => widthOf(printable(label))));
  const width = Math.min(widest, columns === null ? Infinity : widestLabel);
  const room = columns === null ? Infinity : columns - 2 - width - 4 * numberWidth - 2;
  const padded = (texts: readonly string[]) => texts.map((text) => text.padStart(numberWidth)).join("");
  return [
    `  ${" ".repeat(width)}${padded(["minimum", "average", "maximum", "last"])}`,
    ...summaries.map((summary) => {
      const label = padTo(clipTo(printable(summary.label), width, widthOf), width, widthOf);
      return `  ${label}${padded(numbersOf(summary))}  ${lineOf(summary, room)}`.trimEnd();
    }),
  ];
}

function stacked(summaries: readonly Summary[], { columns, widthOf }: TextOptions): readonly string[] {
  const width = columns ?? Infinity;
  return summaries.flatMap((summary) => {
    const [minimum, average, maximum, last] = numbersOf(summary);
    const facts = [`${minimum} to ${maximum}`, `average ${average}`, `last ${last}`];
    return [
      `  ${clipTo(printable(summary.label), width - 2, widthOf)}`,
      ...[lineOf(summary, width - 4), ...wrap(facts, width - 4, widthOf)].map((line) => `    ${line}`.trimEnd()),
    ];
  });
}

const lineOf = ({ buckets, unit }: Summary, room: number) =>
  sparkline(coarsen(buckets, Math.max(1, room)), unit === "percent" ? 10 : 1);

function numbersOf({ minimum, average, maximum, last, unit }: Summary): readonly string[] {
  const tell = unit === "percent" ? percent : significant;
  return [minimum.value, average, maximum.value, last.value].map(tell);
}
