import { hourMs } from "../../clock.ts";
import { createFormat, zoneLabel } from "../../format.ts";
import type { ChartData, Series, Span } from "../../past/chart.ts";
import { numberText } from "../../past/keyMetrics.ts";
import type { Words } from "../../words/en.ts";
import type { ChartWords } from "../../words/en/chart.ts";
import { drawGaps, drawHours, drawIncidents } from "./marks.ts";
import { type Box, colors, curve, element, escape, label, numberScale, type Scale, stroke, timeScale } from "./svg.ts";

/** Pixels; Discord shows it some 550 wide. */
export const chartSize = { width: 800, height: 390 } as const;

const shares: Box = { left: 100, right: 782, top: 78, bottom: 228 };
const network: Box = { ...shares, top: 276, bottom: 336 };
const whole: Box = { ...shares, bottom: network.bottom };
const baselines = { hours: 358, caption: 381 } as const;

/** Draws series, incidents and gaps as SVG. Pure. */
export function renderChart(data: ChartData, words: Words, forms: ChartWords): string {
  const { span, timezone, units, gaps } = data;
  const upper = data.network.length === 0 ? whole : shares;
  const boxes = data.network.length === 0 ? [whole] : [shares, network];
  const x = timeScale(span, upper);
  const format = createFormat(units);
  const most = niceMost(data.network, units === "iec" ? 1024 : 1000);
  const percents = { most: 100, marks: [0, 50, 100], tell: (value: number) => `${value} %`, baseline: 32 };
  const tellRate = (value: number) => `${format.bytes(value)}/s`;
  const rates = { most, marks: [0, most], tell: (value: number) => tellMost(tellRate(value)), baseline: 262 };
  const legend = (tell: (value: number, key: string) => string) => (series: Series) => {
    const last = series.points.at(-1)?.value ?? null;
    return legendText(nameOf(series, words, forms), last === null ? null : tell(last, series.key));
  };
  const tellShare = (value: number, key: string) => numberText(key, value, words);
  const content = [
    element("rect", { width: chartSize.width, height: chartSize.height, rx: 8, fill: colors.ground }),
    drawGaps(gaps, x, boxes, forms),
    drawHours(span, timezone, x, boxes, baselines.hours, forms),
    drawIncidents(data.incidents, x, upper, words),
    ...drawPanel(data.shares, percents, gaps, x, upper, legend(tellShare)),
    ...(data.network.length === 0 ? [] : drawPanel(data.network, rates, gaps, x, network, legend(tellRate))),
    label(caption(data, forms), [upper.right, baselines.caption], { fill: colors.faint, "text-anchor": "end" }),
  ];
  const { width, height } = chartSize;
  const looks = { "font-family": "DejaVu Sans", "font-size": 16 };
  const svg = { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, ...looks };
  return element("svg", svg, content.filter(Boolean).join("\n"));
}

interface Axis {
  readonly most: number;
  readonly marks: readonly number[];
  readonly tell: (value: number) => string;
  /** Of the legend, pixels. */
  readonly baseline: number;
}

/** Lines over a grid, with a legend that says what each is now. The first is drawn last: CPU is what moves. */
function drawPanel(
  all: readonly Series[],
  { most, marks, tell, baseline }: Axis,
  gaps: readonly Span[],
  x: Scale,
  box: Box,
  legendOf: (series: Series) => string,
): readonly string[] {
  const y = numberScale(most, box);
  const grid = marks.map((mark) => {
    const [top, text] = [y(mark), { fill: colors.faint, "text-anchor": "end" }];
    return stroke({ ...box, top, bottom: top }, colors.grid) + label(tell(mark), [box.left - 8, top + 6], text);
  });
  const curves = all.toReversed().map((series) => curve(series, gaps, x, y));
  const look = { fill: "none", "stroke-width": 2.5, "stroke-linejoin": "round", "stroke-linecap": "round" };
  const entries = all.map(
    (series) => `${element("tspan", { fill: colors[series.name] }, "■")} ${escape(legendOf(series))}`,
  );
  const legend = element("text", { x: 16, y: baseline, "font-size": 18, fill: colors.text }, entries.join(" &#160; "));
  return [grid.join(""), element("g", look, curves.join("\n")), legend];
}

const longestLabel = 24;

function legendText(what: string, value: string | null): string {
  const points = Array.from(what);
  const short = points.length > longestLabel ? `${points.slice(0, longestLabel - 1).join("")}…` : what;
  return value === null ? short : `${short} ${value}`;
}

/** The next of 1, 2, 5, 10, 20 … of its unit that holds all values. */
function niceMost(all: readonly Series[], base: number): number {
  const largest = Math.max(1, ...all.flatMap(({ points }) => points.map(({ value }) => value ?? 0)));
  const unit = base ** Math.floor(Math.log(largest) / Math.log(base));
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500];
  return unit * (steps.find((step) => step * unit >= largest) ?? base);
}

/** `1.00 MiB/s` is short enough for the margin as `1 MiB/s`; at the bottom of an axis a unit says nothing. */
const tellMost = (text: string) => text.replace(/^0 .*/, "0").replace(/\.0+(?= )/, "");

function caption({ span: [fromMs, toMs], timezone, incidents }: ChartData, forms: ChartWords): string {
  return forms.caption(incidents.length, Math.round((toMs - fromMs) / hourMs), zoneLabel(toMs, timezone));
}

function nameOf({ name, of }: Series, words: Words, forms: ChartWords): string {
  switch (name) {
    case "cpu":
      return words.cpu.label;
    case "memory":
      return words.memory.label;
    case "disk":
      return words.disk.label(of);
    case "received":
      return forms.received(of);
    case "sent":
      return forms.sent;
  }
}
