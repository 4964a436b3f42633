import { expect, test } from "bun:test";

import * as v from "valibot";

import { courseOf, type Sample, sampleOf, summariesOf } from "../../../lib/past/summary.ts";
import { keyMetricsOf } from "../../../lib/past/keyMetrics.ts";
import { renderHistoryCsv, renderHistoryJson } from "../../../lib/render/data.ts";
import { type History, renderHistory } from "../../../lib/render/terminal/history.ts";
import { en } from "../../../lib/words/en.ts";
import { HistoryDocument } from "../../support/documents.ts";

const plain = {
  colour: false,
  ascii: false,
  columns: null,
  ruler: Bun,
  timezone: "UTC",
  words: en,
  forms: await en.later.history(),
};
const hourMs = 3_600_000;
const toMs = Date.parse("2026-08-01T12:00:00Z");
const fromMs = toMs - 24 * hourMs;
const keys = ["memory_used_percent", `storage_used_percent{mount="/srv/${"データ".repeat(8)}"}`, "load_1m"];

/** A run an hour; memory from 40 to 63 %, a disk with a long Japanese name, and the load. */
const samples: readonly Sample[] = Array.from({ length: 24 }, (_, hour) => {
  const values = [40 + hour, 71, hour / 10];
  return sampleOf({
    atMs: fromMs + (hour + 1) * hourMs,
    numbers: new Map(keys.map((key, at) => [key, values[at] ?? 0])),
  });
});

function historyOf(some: readonly Sample[], name = "vps"): History {
  const summaries = summariesOf(courseOf(keyMetricsOf(keys), some), fromMs, toMs);
  return { name, fromMs, toMs, runs: some.length, summaries, incidents: [], changes: [], gaps: [] };
}

test("each key metric has a line with its numbers and its course", () => {
  const lines = renderHistory(historyOf(samples), plain).split("\n");
  expect(lines[0]).toBe("● vps  last 24 h                                24 runs · until 2026-08-01 12:00");
  expect(lines.find((line) => line.includes("Memory"))).toMatch(/ {6}40 % {6}52 % {6}63 % {6}63 % {2}▁.*█$/);
  expect(lines.find((line) => line.includes("Load"))).toMatch(/ {6}0\.00 {6}1\.15 {6}2\.30 {6}2\.30 {2}▁.*█$/);
});

test.each([40, 60, 72, 80, 120])(
  "no line is wider than a terminal of %d columns, and nothing is cut in two",
  (columns) => {
    const text = renderHistory(historyOf(samples, "データベース".repeat(5)), { ...plain, columns });
    expect(text.split("\n").filter((line) => Bun.stringWidth(line) > columns)).toEqual([]);
    expect(text.isWellFormed()).toBe(true);
    for (const number of [columns < 72 ? "40–63 %" : "40 %", "52 %", "63 %", "1.15"]) expect(text).toContain(number);
  },
);

test("the numbers stand in columns, however wide the characters of a name are", () => {
  const [header = "", ...lines] = renderHistory(historyOf(samples), { ...plain, columns: 80 })
    .split("\n")
    .slice(2, -1);
  const end = Bun.stringWidth(header);
  for (const line of lines) expect(Bun.stringWidth(line.replace(/ {2}[▁-█ ]+$/, ""))).toBe(end);
});

test("wide numbers keep apart, and stand below each other where there is no room for that", () => {
  const key = 'probe_value{probe="Certificates of certbot",uom="seconds"}';
  const long = [11.9, 11.95].map((hours, at) =>
    sampleOf({ atMs: fromMs + (at + 1) * hourMs, numbers: new Map([[key, hours * 3600]]) }),
  );
  const summaries = summariesOf(courseOf(keyMetricsOf([key]), long), fromMs, toMs);
  const text = (columns: number) => renderHistory({ ...historyOf([]), summaries }, { ...plain, columns });
  expect(text(100)).toMatch(/ {2}11 h 54 min {2}11 h 5\d min {2}11 h 57 min {2}11 h 57 min {2}/);
  expect(text(72)).toContain("11 h 54 min–11 h 57 min");
});

const changes = [
  { atMs: fromMs + 3.5 * hourMs, isLoud: false },
  { atMs: fromMs + 12.5 * hourMs, isLoud: false },
  { atMs: fromMs + 12.6 * hourMs, isLoud: true },
  { atMs: toMs, isLoud: false },
];

test.each([null, 80, 40])("a change has a sign below the lines, at its time (%p columns)", (columns) => {
  const text = renderHistory({ ...historyOf(samples), changes }, { ...plain, columns });
  const cells = Array.from({ length: Array.from(/▁.*█/.exec(text)?.[0] ?? "").length }, () => " ");
  const at = (hours: number, sign: string) =>
    (cells[Math.min(cells.length - 1, Math.floor((hours / 24) * cells.length))] = sign);
  at(3.5, "·");
  at(12.5, "▲");
  at(24, "·");
  expect(text).toContain("Changes");
  expect(text.split("\n").find((line) => line.includes("▲"))).toEndWith(`  ${cells.join("")}`);
  expect(renderHistory(historyOf(samples), { ...plain, columns })).not.toContain("Changes");
});

test.each([null, 40])("a time in which nothing was measured is told in words (%p columns)", (columns) => {
  expect(renderHistory(historyOf([]), { ...plain, columns })).toContain("nothing measured in that time\n");
});

test("names cannot act on the terminal", () => {
  expect(renderHistory(historyOf(samples, "a\u001B]0;b\u0007"), plain)).not.toMatch(/[^\P{Cc}\n]/u);
});

test("JSON has a schema number, times in ISO 8601, and a promise of its fields", () => {
  const told = v.parse(HistoryDocument, JSON.parse(renderHistoryJson(historyOf(samples), en)));
  expect(told).toMatchObject({
    schema: 1,
    name: "vps",
    from: "2026-07-31T12:00:00.000Z",
    to: "2026-08-01T12:00:00.000Z",
    runs: 24,
  });
  expect(told.numbers[0]).toMatchObject({ minimum: { value: 40, at: "2026-07-31T13:00:00.000Z" } });
});

test("CSV has a line a moment, quoted names, and nothing where nothing was measured", () => {
  const numbers = keyMetricsOf([...keys.slice(0, 1), 'storage_used_percent{mount="/a,\\"b\\""}']);
  const [header, first, ...others] = [...renderHistoryCsv(courseOf(numbers, samples), en)].join("").split("\r\n");
  expect(header).toBe('at,"Memory %","Disk /a,""b"" %"');
  expect(first).toBe("2026-07-31T13:00:00.000Z,40,");
  expect(others).toHaveLength(24);
  expect(others.at(-1)).toBe("");
});

test("what was wrong and when nothing was measured stands below, in the order in which it began, with sign and time", () => {
  const labels = { mount: "/" };
  const disk = { target: "storage_used", rule: "storage_used", labels, value: 96 } as const;
  const incidents = [
    { ...disk, severity: "critical", fromMs: fromMs + 15 * hourMs, toMs: null },
    { ...disk, severity: "warning", fromMs: fromMs + 2 * hourMs, toMs: fromMs + 2.5 * hourMs },
    { ...disk, severity: "warning", fromMs: fromMs + 13 * hourMs, toMs: fromMs + 14 * hourMs },
  ] as const;
  const gaps = [[fromMs + 9 * hourMs, fromMs + 12 * hourMs]] as const;
  const lines = renderHistory({ ...historyOf(samples), incidents, gaps }, plain).split("\n");
  expect(lines.slice(-5)).toEqual([
    "▲ 2026-07-31 14:00–14:30 disk / 96 % full, 30 min",
    "  2026-07-31 21:00–2026-08-01 00:00 nothing measured, 3 h",
    "▲ 01:00–02:00 disk / 96 % full, 1 h",
    "■ since 03:00 disk / 96 % full, for 9 h",
    "",
  ]);
});

test("of many incidents the last ten are told, and how many there were before", () => {
  const one = { target: "load", rule: "load", labels: {}, value: 3, severity: "warning" } as const;
  const incidents = Array.from({ length: 14 }, (_, at) => ({
    ...one,
    fromMs: fromMs + at * hourMs,
    toMs: fromMs + (at + 0.5) * hourMs,
  }));
  const text = renderHistory({ ...historyOf(samples), incidents }, { ...plain, columns: 80 });
  expect(text.match(/^▲/gmu)?.length).toBe(10);
  expect(text).toEndWith("\n  and 4 more\n");
});
