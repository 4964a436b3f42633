import type { Incident } from "../../alerts/incidents.ts";
import { rules } from "../../alerts/rules.ts";
import { dayMs, hourMs } from "../../clock.ts";
import { clipColumns, columnsOf, localTime } from "../../format.ts";
import { targetName } from "../../model/rule.ts";
import type { ChangeMark, Span } from "../../past/chart.ts";
import { type Box, canDraw, colors, element, label, type Scale, stroke } from "./svg.ts";

/** Times without a measurement, hatched. */
export function drawGaps(gaps: readonly Span[], x: Scale, boxes: readonly Box[]): string {
  if (gaps.length === 0) return "";
  const line = element("path", { d: "M0,0V10", stroke: colors.gap, "stroke-width": 3 });
  const turned = { patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" };
  const hatching = element("defs", {}, element("pattern", { id: "gap", width: 10, height: 10, ...turned }, line));
  const bands = gaps.flatMap(([fromMs, toMs]) =>
    boxes.map(({ top, bottom }) => {
      const width = x(toMs) - x(fromMs);
      return element("rect", { x: x(fromMs), y: top, width, height: bottom - top, fill: "url(#gap)" });
    }),
  );
  return hatching + bands.join("");
}

const quarterMs = 15 * 60_000;
/** Hours between labels; the first that leaves room is taken. */
const steps = [1, 3, 6, 12, 24, 2 * 24, 7 * 24, 14 * 24, 28 * 24, 56 * 24];
/** Of labels beside one another, pixels. */
const labelWidth = 96;

/** Uprights at round hours of the wall clock with the hour below; where the days are what counts, with the day. */
export function drawHours(
  [fromMs, toMs]: Span,
  timezone: string | null,
  x: Scale,
  boxes: readonly Box[],
  baseline: number,
): string {
  const room = (x(toMs) - x(fromMs)) / labelWidth;
  const step = steps.find((hours) => (toMs - fromMs) / hourMs / hours <= room) ?? Infinity;
  const marks: string[] = [];
  // Quarters, because the clocks of some zones are off by some.
  for (let atMs = Math.ceil(fromMs / quarterMs) * quarterMs; atMs <= toMs; atMs += quarterMs) {
    const { day, hour, minute } = localTime(atMs, timezone);
    const isRound = step <= 24 ? hour % step === 0 : hour === 0 && Math.floor(atMs / dayMs) % (step / 24) === 0;
    if (minute !== 0 || !isRound) continue;
    const at = x(atMs);
    const width = { "stroke-width": hour === 0 && step < 24 ? 3 : 1.5 };
    for (const box of boxes) marks.push(stroke({ ...box, left: at, right: at }, colors.grid, width));
    const text = step >= 24 ? day.slice(5) : `${hour}:00`;
    const look = { fill: hour === 0 && step < 24 ? colors.text : colors.faint, "text-anchor": "middle" };
    if (at < x(toMs) - 30) marks.push(label(text, [at, baseline], look));
  }
  return marks.join("");
}

/** A shape beside the colour, as in the terminal. */
const signs = { warning: "▲", critical: "■" } as const;

const fontSize = 24;
/** The widest average character of DejaVu Sans, as a share of the font size. */
const characterWidth = 0.66;
const longestText = 20;

/** Names of what has no target of its own, the same in every language. */
const machineWide: Readonly<Record<string, string>> = { cpu: "CPU", memory: "RAM" };

/** The target of an incident; empty where the face lacks a letter of it. */
function nameOf(incident: Incident): string {
  if (!("rule" in incident)) return "";
  const rule = rules[incident.rule];
  const [metric = ""] = rule.observation.split("_");
  const name = targetName(rule, incident.labels) || (machineWide[metric] ?? metric);
  return canDraw(name) ? clipColumns(name, longestText) : "";
}

/** A text at the begin of an incident, or where it would leave the plot at its end. */
function placeOf(text: string, left: number, plot: Box) {
  const width = columnsOf(text) * fontSize * characterWidth;
  const isLate = left + width > plot.right;
  const from = isLate ? plot.right - width : left - 4;
  return { text, width, from, at: isLate ? plot.right : from, anchor: isLate ? { "text-anchor": "end" } : {} };
}

/** Draws incidents: a bar as long as each lasted, and its sign and name with a line at its start where there is room. */
export function drawIncidents(incidents: readonly Incident[], x: Scale, plot: Box): string {
  let roomFrom = 0;
  const drawn = incidents.map((incident) => {
    const { fromMs, toMs, severity } = incident;
    const left = x(fromMs);
    const right = toMs === null ? plot.right : Math.max(left + 8, x(toMs));
    const fill = colors[severity];
    const bar = element("rect", { x: left, y: plot.top - 14, width: right - left, height: 8, rx: 4, fill });
    // The sign alone needs less room.
    const texts = [[signs[severity], nameOf(incident)].filter(Boolean).join(" "), signs[severity]];
    const places = texts.map((text) => placeOf(text, left, plot));
    const place = places.find(({ from }) => from >= roomFrom);
    if (place === undefined) return bar;
    roomFrom = place.from + place.width + 12;
    const dashes = { "stroke-dasharray": "4 6" };
    const line = left > plot.left ? stroke({ ...plot, top: plot.top - 6, left, right: left }, fill, dashes) : "";
    return bar + line + label(place.text, [place.at, plot.top - 24], { fill, "font-size": fontSize, ...place.anchor });
  });
  return drawn.join("");
}

const tick = { height: 14, width: 4 };

/** Draws a tick at the bottom of a panel for each time at which something changed; what an intruder may have done stands out. */
export function drawChanges(changes: readonly ChangeMark[], x: Scale, { bottom }: Box): string {
  const [height, width] = [tick.height, tick.width];
  // At one place there is one, and a loud one covers the others.
  const places = new Map<number, string>();
  for (const { atMs, isLoud } of changes.toSorted((one, other) => Number(one.isLoud) - Number(other.isLoud))) {
    places.set(Math.round(x(atMs) / width), isLoud ? colors.warning : colors.text);
  }
  const drawn = [...places].map(([place, fill]) =>
    element("rect", { x: (place - 0.5) * width, y: bottom - height, width, height, fill }),
  );
  return drawn.join("");
}
