import { type Incident, incidentText } from "../../alerts/incidents.ts";
import { dayMs, hourMs } from "../../clock.ts";
import { localTime } from "../../format.ts";
import type { Span } from "../../past/chart.ts";
import type { Words } from "../../words/en.ts";
import type { ChartWords } from "../../words/en/chart.ts";
import { type Box, colors, element, label, type Scale, stroke } from "./svg.ts";

/** Times without a measurement as bands; with a word in the upper box where there is room for it. */
export function drawGaps(gaps: readonly Span[], x: Scale, boxes: readonly Box[], forms: ChartWords): string {
  const bands = gaps.flatMap(([fromMs, toMs]) => {
    const [left, width] = [x(fromMs), x(toMs) - x(fromMs)];
    return boxes.map(({ top, bottom }, index) => {
      const band = element("rect", { x: left, y: top, width, height: bottom - top, fill: colors.gap });
      const look = { fill: colors.faint, "font-size": 15, "text-anchor": "middle" };
      const at = [left + width / 2, (top * 3 + bottom) / 4 + 5] as const;
      return index === 0 && width >= 76 ? band + label(forms.noData, at, look) : band;
    });
  });
  return bands.join("");
}

const quarterMs = 15 * 60_000;
/** Hours between labels; the first that leaves room is taken. */
const steps = [1, 3, 6, 12, 24, 2 * 24, 7 * 24, 14 * 24, 28 * 24, 56 * 24];
const mostLabels = 9;

/** Uprights at round hours of the wall clock, with the hour below, and at midnight the day. */
export function drawHours(
  [fromMs, toMs]: Span,
  timezone: string | null,
  x: Scale,
  boxes: readonly Box[],
  baseline: number,
  forms: ChartWords,
): string {
  const step = steps.find((hours) => (toMs - fromMs) / hourMs / hours <= mostLabels) ?? Infinity;
  const marks: string[] = [];
  // Quarters, because the clocks of some zones are off by some.
  for (let atMs = Math.ceil(fromMs / quarterMs) * quarterMs; atMs <= toMs; atMs += quarterMs) {
    const { day, hour, minute } = localTime(atMs, timezone);
    const isRound = step <= 24 ? hour % step === 0 : hour === 0 && Math.floor(atMs / dayMs) % (step / 24) === 0;
    if (minute !== 0 || !isRound) continue;
    const at = x(atMs);
    for (const box of boxes) marks.push(stroke({ ...box, left: at, right: at }, colors.grid));
    const [first] = boxes;
    const isCut = first === undefined || at < first.left + 4 || at > first.right - 10;
    const text = hour === 0 ? forms.day(day.slice(5, 7), day.slice(8)) : `${String(hour).padStart(2, "0")}:00`;
    const look = { fill: hour === 0 ? colors.text : colors.faint, "text-anchor": "middle" };
    if (!isCut) marks.push(label(text, [at, baseline], look));
  }
  return marks.join("");
}

/** A sign beside the colour. */
const signs = { warning: "▲", critical: "✖" } as const;

const fontSize = 15;
/** The widest average character of DejaVu Sans, as a share of the font size. */
const characterWidth = 0.6;
const longestText = 26;

/** Draws incidents: a bar as long as each lasted, and its text with a line at its start where there is room. */
export function drawIncidents(incidents: readonly Incident[], x: Scale, plot: Box, words: Words): string {
  let roomFrom = 0;
  const drawn = incidents.map((incident) => {
    const { fromMs, toMs, severity } = incident;
    const text = incidentText(incident, words);
    const left = x(fromMs);
    const right = toMs === null ? plot.right : Math.max(left + 4, x(toMs));
    const fill = colors[severity];
    const bar = element("rect", { x: left, y: plot.top - 8, width: right - left, height: 5, rx: 2, fill });
    const shown = `${signs[severity]} ${text.length > longestText ? `${text.slice(0, longestText - 1)}…` : text}`;
    const width = shown.length * fontSize * characterWidth;
    const isLate = left + width > plot.right;
    const start = isLate ? plot.right - width : left - 5;
    if (start < roomFrom) return bar;
    roomFrom = start + width + 10;
    const anchor = isLate ? { "text-anchor": "end" } : {};
    const line = left > plot.left ? stroke({ ...plot, left, right: left }, fill, { "stroke-dasharray": "3 4" }) : "";
    const at = [isLate ? plot.right : start, plot.top - 15] as const;
    return bar + line + label(shown, at, { fill, "font-size": fontSize, ...anchor });
  });
  return drawn.join("");
}
