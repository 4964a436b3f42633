import { Resvg, initWasm } from "@resvg/resvg-wasm";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { rasterise } from "../../../lib/host/helpers/rasterise.ts";
import { chartOf } from "../../../lib/past/chart.ts";
import { chartSize, renderChart } from "../../../lib/render/chart/chart.ts";
import { element, escape } from "../../../lib/render/chart/svg.ts";
import { en } from "../../../lib/words/en.ts";
import { days } from "../../support/day.ts";
import { expectGolden } from "../../support/golden.ts";
import { projectRoot } from "../../support/project.ts";

const forms = await en.later.chart();
const settings = { timezone: "Asia/Tokyo", units: "iec" } as const;
const chart = (day: keyof typeof days, more = {}) =>
  renderChart(chartOf(days[day], { ...settings, ...more }), en, forms);

const names = Object.keys(days) as (keyof typeof days)[];

test.each(names)("the chart of a day, %s, is the one that was looked at", (day) => {
  expectGolden(join(import.meta.dir, `charts/${day.replace(" ", "-")}.svg`), `${chart(day)}\n`);
});

await initWasm(readFileSync(join(projectRoot, "node_modules/@resvg/resvg-wasm/index_bg.wasm")));
const face = readFileSync(join(projectRoot, "node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf"));
const font = { fontBuffers: [face], defaultFontFamily: "DejaVu Sans", loadSystemFonts: false };

test.each(names)("nothing of the chart of a day, %s, is cut off at an edge", (day) => {
  const { x, y, width, height } = new Resvg(chart(day), { font }).getBBox() ?? {};
  expect({ x, y, width, height }).toEqual({ x: 0, y: 0, ...chartSize });
});

test.each(names)("the picture of a day, %s, has at most 60 KB and the size that it says", async (day) => {
  const png = await rasterise(chart(day));
  expect(png.length).toBeLessThanOrEqual(60_000);
  expect(await new Bun.Image(png).metadata()).toMatchObject({ format: "png", ...chartSize });
});

test("a day of nothing but noise has at most 60 KB, too", async () => {
  const [fromMs, toMs] = days.ordinary.span;
  const keys = [...(days.ordinary.runs[0]?.numbers.keys() ?? [])];
  const runs = Array.from({ length: 97 }, (_, run) => ({
    atMs: fromMs + (run * (toMs - fromMs)) / 96,
    numbers: new Map(keys.map((key, index) => [key, (run * 7919 + index * 104_729) % 101])),
  }));
  const png = await rasterise(renderChart(chartOf({ ...days["200 alerts"], runs }, settings), en, forms));
  expect(png.length).toBeLessThanOrEqual(60_000);
});

test("the face has every letter and sign that a label may have", () => {
  const size = { xmlns: "http://www.w3.org/2000/svg", width: 20, height: 20, "font-family": "DejaVu Sans" };
  const draw = (text: string) =>
    new Resvg(element("svg", size, `<text y="16">${text}</text>`), { font }).render().pixels;
  const missing = draw("\u4e00");
  for (const letter of "azAZ09%/:,;.-_#@()[]{}+*=~!&<>éßøŁőΩжЯ–…·−■▲✖") {
    expect(escape(letter)).not.toBe("?");
    expect(draw(escape(letter))).not.toEqual(missing);
  }
  expect(escape("日\u202e")).toBe("??");
});

test("the labels are those of the clock in the setting timezone, at summer time, too", () => {
  expect(chart("ordinary", { timezone: "Asia/Kolkata" })).toContain("last 24 hours · Asia/Kolkata, UTC+5:30");
  expect(chart("ordinary", { timezone: "America/New_York" })).toContain("America/New_York, UTC−4");
  const atEight = (timezone: string) => Number(/x="([\d.]+)"[^>]*>21:00</.exec(chart("ordinary", { timezone }))?.[1]);
  // One second is 1/123 of a pixel: 21:00 there is half an hour later than 21:00 at a zone half an hour ahead.
  expect(atEight("Asia/Kolkata") - atEight("Asia/Karachi")).toBeCloseTo(-702 / 48, 0);
});

test("text from the machine cannot become a part of the picture", () => {
  const svg = chart("hostile names");
  expect(svg).not.toContain("<b>");
  expect(svg).toContain("&lt;b&gt;&amp;&quot;???&quot;");
});
