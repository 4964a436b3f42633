import { hourMs } from "../../clock.ts";
import { clockTime, counted, duration, localDay, percent, printable, significant, sparkline } from "../../format.ts";
import type { Course } from "../../past/course.ts";
import { coarsen } from "../../past/series.ts";
import type { TextOptions } from "./report.ts";
import { clipTo, padTo, wrap } from "./wrap.ts";

/** What was, as far as it is remembered. */
export interface History {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly runs: number;
  readonly courses: readonly Course[];
}

/** Below it the numbers stand under their name. */
const leastColumnsAbreast = 72;
const numberWidth = 9;
const widestLabel = 24;

/** The history for a terminal: a line a number, or some where there is little room. */
export function renderHistory({ name, fromMs, toMs, runs, courses }: History, options: TextOptions): string {
  const { columns, widthOf, timezone } = options;
  const facts = [
    `${printable(name)}: the last ${spanOf(toMs - fromMs)}`,
    counted(runs, "run"),
    `until ${localDay(toMs, timezone)} ${clockTime(toMs, timezone)}`,
  ];
  const layout = columns === null || columns >= leastColumnsAbreast ? abreast : stacked;
  const lines = courses.length === 0 ? ["  nothing was measured in that time"] : layout(courses, options);
  return `${[...wrap(facts, columns ?? Infinity, widthOf), "", ...lines].join("\n")}\n`;
}

/** `24 h`, `7 days`, `30 min` */
function spanOf(ms: number): string {
  const hours = ms / hourMs;
  return Number.isInteger(hours) && hours <= 72 ? `${hours} h` : duration(ms / 1000);
}

function abreast(courses: readonly Course[], { columns, widthOf }: TextOptions): readonly string[] {
  const widest = Math.max(...courses.map(({ label }) => widthOf(printable(label))));
  const width = Math.min(widest, columns === null ? Infinity : widestLabel);
  const room = columns === null ? Infinity : columns - 2 - width - 4 * numberWidth - 2;
  const cells = (texts: readonly string[]) => texts.map((text) => text.padStart(numberWidth)).join("");
  return [
    `  ${" ".repeat(width)}${cells(["minimum", "average", "maximum", "last"])}`,
    ...courses.map((course) => {
      const label = padTo(clipTo(printable(course.label), width, widthOf), width, widthOf);
      return `  ${label}${cells(numbersOf(course))}  ${lineOf(course, room)}`.trimEnd();
    }),
  ];
}

function stacked(courses: readonly Course[], { columns, widthOf }: TextOptions): readonly string[] {
  const width = columns ?? Infinity;
  return courses.flatMap((course) => {
    const [minimum, average, maximum, last] = numbersOf(course);
    const facts = [`${minimum} to ${maximum}`, `average ${average}`, `last ${last}`];
    return [
      `  ${clipTo(printable(course.label), width - 2, widthOf)}`,
      ...[lineOf(course, width - 4), ...wrap(facts, width - 4, widthOf)].map((line) => `    ${line}`.trimEnd()),
    ];
  });
}

const lineOf = ({ cells, unit }: Course, room: number) =>
  sparkline(coarsen(cells, Math.max(1, room)), unit === "percent" ? 10 : 1);

function numbersOf({ minimum, average, maximum, last, unit }: Course): readonly string[] {
  const tell = unit === "percent" ? percent : significant;
  return [minimum.value, average, maximum.value, last.value].map(tell);
}
