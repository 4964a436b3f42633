import { Resvg, initWasm } from "@resvg/resvg-wasm";
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { createFormat } from "../../../lib/format.ts";
import { rasterise } from "../../../lib/host/helpers/rasterise.ts";
import { chartOf } from "../../../lib/past/chart.ts";
import { chartSize, renderChart } from "../../../lib/render/chart/chart.ts";
import { canDraw, element, escape } from "../../../lib/render/chart/svg.ts";
import { en } from "../../../lib/words/en.ts";
import { days } from "../../support/day.ts";
import { expectGolden } from "../../support/golden.ts";
import { probeOf } from "../../support/probes.ts";
import { projectRoot } from "../../support/project.ts";

const withBytes = { ...en, bytes: createFormat("iec").bytes };
const settings = { timezone: "Asia/Tokyo", units: "iec" } as const;
const chart = (day: keyof typeof days, more = {}) => renderChart(chartOf(days[day], { ...settings, ...more }), en);

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

test("numbers of the owner's have panels below, and nothing of them is cut off", async () => {
  const own = (uom: string, value: number) =>
    [`probe_value{probe="${uom}"${uom === "" ? "" : `,uom="${uom}"`}}`, value] as const;
  const runs = days.ordinary.runs.map(({ atMs, numbers }, index) => {
    return { atMs, numbers: new Map([...numbers, own("bytes", index * 3e8), own("percent", index)]) };
  });
  const probes = ["bytes", "percent"].map((name) => probeOf({ name, run: ["/x"], chart: true }));
  const svg = renderChart(chartOf({ ...days.ordinary, runs }, { ...settings, probes }), withBytes);
  const { x, y, width, height } = new Resvg(svg, { font }).getBBox() ?? {};
  expect({ x, y, width, height }).toEqual({ x: 0, y: 0, width: chartSize.width, height: chartSize.height + 232 });
  expect(svg).toContain(">bytes · 20 GiB<");
  expect(svg).toContain(">13.4 GiB<");
  expect(svg).toContain(">percent · 100 %<");
});

test("a day of nothing but noise has at most 60 KB, too", async () => {
  const [fromMs, toMs] = days.ordinary.span;
  const keys = [...(days.ordinary.runs[0]?.numbers.keys() ?? [])];
  const runs = Array.from({ length: 97 }, (_, run) => ({
    atMs: fromMs + (run * (toMs - fromMs)) / 96,
    numbers: new Map(keys.map((key, index) => [key, (run * 7919 + index * 104_729) % 101])),
  }));
  const png = await rasterise(renderChart(chartOf({ ...days["200 alerts"], runs }, settings), en));
  expect(png.length).toBeLessThanOrEqual(60_000);
});

test("the face has every letter and sign that a name may have, and a name with others is left out", () => {
  const size = { xmlns: "http://www.w3.org/2000/svg", width: 20, height: 20, "font-family": "DejaVu Sans" };
  const draw = (text: string) =>
    new Resvg(element("svg", size, `<text y="16">${text}</text>`), { font }).render().pixels;
  const missing = draw("\u4e00");
  for (const letter of "azAZ09%/:,;.-_#@()[]{}+*=~!&<>éßøŁőΩжЯ–…·−■▲↓↑") {
    expect(canDraw(letter)).toBe(true);
    expect(draw(escape(letter))).not.toEqual(missing);
  }
  for (const text of ["日", "a\u202e", "a\nb", "🚀"]) expect(canDraw(text)).toBe(false);
});

test("the labels are those of the clock in the setting timezone, at summer time, too", () => {
  expect(chart("ordinary", { timezone: "Asia/Kolkata" })).toContain("24 h · UTC+5:30");
  expect(chart("ordinary", { timezone: "America/New_York" })).toContain("24 h · UTC−4");
  const atSix = (timezone: string) => Number(/x="([\d.]+)"[^>]*>18:00</.exec(chart("ordinary", { timezone }))?.[1]);
  // 18:00 there is half an hour later than 18:00 in a zone half an hour ahead.
  expect(atSix("Asia/Kolkata") - atSix("Asia/Karachi")).toBeCloseTo(-528 / 48, 0);
});

test("there is no word on it, so that it is the same in every language", () => {
  const texts = names.flatMap((day) => Array.from(chart(day).matchAll(/>([^<>]+)</g), ([, text = ""]) => text.trim()));
  const named =
    /^(?:[▲■](?: .*)?|eth0 · .*|enx\w+ · .*|(?:CPU|RAM|Disk) [\d.]+ %|[↓↑] .*B\/s|\d+ h · UTC\+9|[\d:]*|%)$/;
  expect(texts.filter((text) => !named.test(text))).toEqual([]);
});

test("names are never one over another, and neither are the values at the end", () => {
  const svg = chart("200 alerts");
  const ends = Array.from(svg.matchAll(/<text x="628" y="([\d.]+)"/g), ([, y]) => Number(y)).toSorted((a, b) => a - b);
  for (const [index, y] of ends.slice(1).entries()) expect(y - (ends[index] ?? 0)).toBeGreaterThanOrEqual(22);
});

test("text from the machine cannot become a part of the picture", () => {
  const svg = chart("hostile names");
  expect(svg).not.toContain("<b>");
  expect(svg).not.toContain("?");
  expect(svg).toContain(">■</text>");
});
