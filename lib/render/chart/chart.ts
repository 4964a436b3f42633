import { hourMs } from "../../clock.ts";
import { createFormat, zoneOffset } from "../../format.ts";
import { labelsOf } from "../../model/observation.ts";
import type { ChartData, Series } from "../../past/chart.ts";
import { numberText } from "../../past/keyMetrics.ts";
import type { Words } from "../../words/en.ts";
import { drawChanges, drawGaps, drawHours, drawIncidents } from "./marks.ts";
import {
  type Box,
  canDraw,
  colors,
  curve,
  element,
  fonts,
  label,
  numberScale,
  type Scale,
  stroke,
  timeScale,
} from "./svg.ts";

/** Pixels. Discord shows it half as large, and a phone smaller still, so the type is twice as large as it looks. */
export const chartSize = { width: 800, height: 400 } as const;

const plot = { left: 84, right: 612, top: 64 } as const;
const whole: Box = { ...plot, bottom: 340 };
const shares: Box = { ...plot, bottom: 224 };
const network: Box = { ...plot, top: 262, bottom: 340 };
const baseline = 374;
/** From one panel's bottom to the next one's. */
const pitch = network.bottom - shares.bottom;

/** Draws series, incidents and gaps as SVG: numbers, signs and names that are the same in every language. Pure. */
export function renderChart(data: ChartData, words: Words): string {
  const { span, timezone, units, gaps } = data;
  const hasNetwork = data.network.length > 0;
  const upper = hasNetwork ? shares : whole;
  const owns = data.own.map((_, index) => lowered(network, pitch * (index + 1)));
  const more = pitch * owns.length;
  const boxes = [...(hasNetwork ? [shares, network] : [whole]), ...owns];
  const x = timeScale(span, whole);
  const tellShare = (value: number, key: string) => numberText(key, value, words);
  const percents = { most: 100, marks: [0, 50, 100], tell: String };
  const [width, height] = [chartSize.width, chartSize.height + more];
  const content = [
    element("rect", { width, height, rx: 8, fill: colors.ground }),
    label("%", [plot.left - 12, 40], { fill: colors.faint, "font-size": fonts.small, "text-anchor": "end" }),
    drawGaps(gaps, x, boxes),
    drawHours(span, timezone, x, boxes, baseline + more),
    drawPanel(data, data.shares, percents, x, upper, tellShare),
    hasNetwork ? drawNetwork(data, x, createFormat(units).bytes) : "",
    ...data.own.map((one, index) => drawOwn(one, owns[index] ?? network, data, x, words)),
    drawIncidents(data.incidents, x, upper),
    drawChanges(data.changes, x, upper),
    label(caption(data), [plot.right + 16, baseline + more], { fill: colors.faint, "font-size": fonts.small }),
  ];
  const looks = { "font-family": "DejaVu Sans", "font-size": fonts.usual };
  const svg = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, ...looks };
  return element("svg", svg, content.filter(Boolean).join("\n"));
}

interface Axis {
  readonly most: number;
  readonly marks: readonly number[];
  readonly tell: (value: number) => string;
}

/** The busiest interface, and how fast it is at most. */
function drawNetwork(data: ChartData, x: Scale, bytes: (amount: number) => string): string {
  const most = niceMost(data.network, data.units === "iec" ? 1024 : 1000);
  const rates = { most, marks: [0, most], tell: (value: number) => (value === 0 ? "0" : "") };
  const port = data.network[0]?.of ?? "";
  const scale = `${bytes(most)}/s`;
  return (
    headOf(port, scale, network) + drawPanel(data, data.network, rates, x, network, (value) => `${bytes(value)}/s`)
  );
}

/** Above a panel: whose numbers they are, and where it ends. */
function headOf(name: string, most: string, box: Box): string {
  const text = [canDraw(name) ? name : "", most.replace(/\.0+(?= |$)/, "")].filter(Boolean).join(" · ");
  return label(text, [plot.left, box.top - 10], { fill: colors.faint, "font-size": fonts.small });
}

const lowered = (box: Box, by: number): Box => ({ ...box, top: box.top + by, bottom: box.bottom + by });

/** A number of the owner's, from nothing to a round number of its unit. */
function drawOwn(one: Series, box: Box, data: ChartData, x: Scale, words: Words): string {
  const { uom } = labelsOf(one.key);
  const most = uom === "percent" ? 100 : niceMost([one], uom === "bytes" && data.units === "iec" ? 1024 : 1000);
  const say = (value: number) => numberText(one.key, value, words);
  const scale = { most, marks: [0, most], tell: (value: number) => (value === 0 ? "0" : "") };
  return headOf(one.of, say(most), box) + drawPanel(data, [one], scale, x, box, say);
}

const names: Readonly<Record<Series["name"], string>> = {
  cpu: "CPU",
  memory: "RAM",
  disk: "Disk",
  received: "↓",
  sent: "↑",
  // Its name stands above.
  own: "",
};

/** Lines over a grid; at the end of each its name and what it is now. The first is drawn last: CPU is what moves. */
function drawPanel(
  { gaps }: ChartData,
  all: readonly Series[],
  { most, marks, tell }: Axis,
  x: Scale,
  box: Box,
  say: (value: number, key: string) => string,
): string {
  const y = numberScale(most, box);
  const grid = marks.map((mark) => {
    const [top, text] = [y(mark), { fill: colors.faint, "text-anchor": "end" }];
    return stroke({ ...box, top, bottom: top }, colors.grid) + label(tell(mark), [box.left - 12, top + 9], text);
  });
  const curves = all.toReversed().map((series) => curve(series, gaps, x, y));
  const unsorted = all.flatMap(({ name, key, points }) => {
    const known = points.findLast(({ value }) => value !== null)?.value ?? null;
    const now = points.at(-1)?.value ?? null;
    const text = [names[name], now === null ? "" : say(now, key)].filter((part) => part !== "").join(" ");
    return known === null || text === "" ? [] : [{ name, text, at: y(known) + 9 }];
  });
  const ends = unsorted.toSorted((one, other) => one.at - other.at);
  const look = { fill: "none", "stroke-linejoin": "round", "stroke-linecap": "round" };
  const size = most === 100 ? fonts.usual : fonts.small;
  const heights = spread(
    ends.map(({ at }) => at),
    size + 6,
    [box.top + 9, box.bottom + 9],
  );
  const labels = ends.map(({ name, text }, index) =>
    label(text, [plot.right + 16, heights[index] ?? 0], { fill: colors[name], "font-size": size }),
  );
  return [grid.join(""), element("g", look, curves.join("\n")), labels.join("")].join("\n");
}

/** The heights of labels in order, none over another: from the top down, and where there is no room from the bottom up. */
function spread(
  heights: readonly number[],
  apart: number,
  [top, bottom]: readonly [number, number],
): readonly number[] {
  let above = top - apart;
  const down = heights.map((height) => (above = Math.max(height, above + apart)));
  let below = bottom + apart;
  return down
    .toReversed()
    .map((height) => (below = Math.min(height, below - apart)))
    .toReversed();
}

/** The next of 1, 2, 5, 10, 20 … of its unit that holds all values. */
function niceMost(all: readonly Series[], base: number): number {
  const largest = Math.max(1, ...all.flatMap(({ points }) => points.map(({ value }) => value ?? 0)));
  const unit = base ** Math.floor(Math.log(largest) / Math.log(base));
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
  return unit * (steps.find((step) => step * unit >= largest) ?? base);
}

/** `24 h · UTC+9`, `7 d · UTC` */
function caption({ span: [fromMs, toMs], timezone }: ChartData): string {
  const hours = Math.round((toMs - fromMs) / hourMs);
  const span = hours <= 72 ? [hours, "h"] : [Math.round(hours / 24), "d"];
  return `${span.join(" ")} · ${zoneOffset(toMs, timezone)}`;
}
