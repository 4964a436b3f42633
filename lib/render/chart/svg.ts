import { printable } from "../../format.ts";
import type { Series, Span } from "../../past/chart.ts";

/** A part of the picture, pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The ground is opaque, so a chart looks the same on Discord's dark and light themes. */
export const colors = {
  ground: "#1e1f22",
  gap: "#4a4d55",
  grid: "#3a3c42",
  text: "#f2f3f5",
  faint: "#b5bac1",
  cpu: "#5db8ff",
  memory: "#c9a0ff",
  disk: "#5fd39a",
  received: "#4fc7d1",
  sent: "#f2b28a",
  own: "#f29ac0",
  warning: "#ffc93c",
  critical: "#ff6b6b",
} as const;

/** Maps a number or a time to pixels. */
export type Scale = (value: number) => number;

/** Times, in milliseconds since the epoch, across a box; what lies beyond is at its edge. */
export function timeScale(span: Span, { left, right }: Box): Scale {
  return linear(span, [left, right]);
}

/** Numbers from 0 to the most, from the bottom of a box to its top; what lies beyond is at its edge. */
export function numberScale(most: number, { top, bottom }: Box): Scale {
  return linear([0, most], [bottom, top]);
}

const linear =
  ([least, most]: Span, [start, end]: Span): Scale =>
  (value) => {
    const part = Math.min(1, Math.max(0, (value - least) / (most - least)));
    return start * (1 - part) + end * part;
  };

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Of type, pixels. */
export const fonts = { usual: 26, small: 22 } as const;

/** Whether the face surely has all letters of a text: the alphabets of Europe, and our signs. */
export function canDraw(text: string): boolean {
  return /^[\u0020-\u007e\u00a0-\u017f\u0370-\u03ff\u0400-\u045f\u2010-\u2027\u2190-\u2193\u2212\u25a0\u25b2]*$/u.test(
    text,
  );
}

/** Text as SVG, without what could act. */
export function escape(text: string): string {
  return printable(text).replace(/[&<>"]/g, (character) => entities[character] ?? "");
}

type Attributes = Readonly<Record<string, string | number>>;

/** One element. Numbers are rounded to a tenth of a pixel. */
export function element(name: string, attributes: Attributes, content = ""): string {
  const list = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? tenths(value) : value}"`,
  );
  return `<${name}${list.join("")}${content === "" ? "/>" : `>${content}</${name}>`}`;
}

/** Rounds to a tenth of a pixel. */
const tenths = (value: number) => Math.round(value * 10) / 10;

/** One line of text; `at` is the left end of its baseline, or what `text-anchor` says. */
export function label(text: string, [x, y]: readonly [number, number], attributes: Attributes = {}): string {
  return element("text", { x, y, ...attributes }, escape(text));
}

/** A straight line. */
export function stroke(box: Box, color: string, attributes: Attributes = {}): string {
  return element("line", { x1: box.left, x2: box.right, y1: box.top, y2: box.bottom, stroke: color, ...attributes });
}

/** How each line is told from the others without its colour. */
const strokes: Readonly<Record<Series["name"], Attributes>> = {
  cpu: { "stroke-width": 5 },
  memory: { "stroke-width": 3.5 },
  disk: { "stroke-width": 3.5, "stroke-dasharray": "1 8" },
  received: { "stroke-width": 5 },
  sent: { "stroke-width": 3.5 },
  own: { "stroke-width": 3.5 },
};

/** A series as a line, broken wherever nothing is known; a lonely point is a dot. */
export function curve({ name, points }: Series, gaps: readonly Span[], x: Scale, y: Scale): string {
  const stretches: string[][] = [[]];
  for (const [index, { atMs, value }] of points.entries()) {
    const before = points[index - 1]?.atMs ?? atMs;
    const crosses = gaps.some(([fromMs, toMs]) => before <= fromMs && toMs <= atMs);
    if (crosses || value === null) stretches.push([]);
    if (value !== null) stretches.at(-1)?.push(`${tenths(x(atMs))},${tenths(y(value))}`);
  }
  // A path of one point is drawn only when it is closed.
  const paths = stretches.map((stretch) => (stretch.length === 0 ? "" : `M${stretch.join("L")}`));
  const closed = paths.map((path, index) => (stretches[index]?.length === 1 ? `${path}Z` : path));
  return element("path", { d: closed.join(""), stroke: colors[name], ...strokes[name] });
}
