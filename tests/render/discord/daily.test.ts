import { describe, expect, test } from "bun:test";

import type { Incident } from "../../../lib/alerts/incidents.ts";
import { type Daily, lastDays } from "../../../lib/past/digest.ts";
import { renderDaily } from "../../../lib/render/discord/daily.ts";
import type { Report } from "../../../lib/report/report.ts";
import { en } from "../../../lib/words/en.ts";
import { ja } from "../../../lib/words/ja.ts";
import { violations } from "../../support/discordContract.ts";
import { cpu, disk, load, memory, reportOf } from "../../support/reports.ts";

const hourMs = 3_600_000;
const toMs = Date.parse("2026-08-01T23:00:00Z");
const timed = (value: number) => ({ value, atMs: toMs });

const summary = (key: string, average: number, leftKey: string | null = null) => ({
  key,
  unit: "percent" as const,
  amountKey: leftKey === null ? null : 'storage_used_bytes{mount="/"}',
  leftKey,
  runs: 48,
  minimum: timed(3.2),
  average,
  maximum: timed(92),
  first: timed(average - 1),
  last: timed(average),
  buckets: [1, 2, null, 50, 90],
});
const cpuDay = summary('cpu_busy_percent{window="report"}', 12);

const incident = (mount: string, fromHours: number, toHours: number | null): Incident => ({
  target: mount,
  fromMs: toMs - fromHours * hourMs,
  toMs: toHours === null ? null : toMs - toHours * hourMs,
  severity: toHours === null ? "critical" : "warning",
  rule: "storage_used",
  labels: { mount },
  value: 96,
});

const well = reportOf({ memory, storage: [disk("/", 68)], cpu: cpu(18), load }, "vps-tokyo");
const day: Daily = {
  fromMs: toMs - 24 * hourMs,
  toMs,
  runs: 48,
  gaps: [],
  summaries: [cpuDay],
  incidents: [],
  days: null,
};
const render = (more: Partial<Daily> = {}, report: Report = well) => renderDaily(report, { ...day, ...more }, "UTC");
const linesOf = (more: Partial<Daily> = {}) =>
  (render(more).embeds[0]?.description ?? "").replaceAll("\u00A0", " ").split("\n");
const titleOf = (more: Partial<Daily> = {}) => render(more).embeds[0]?.title;

test("a quiet day is told in one quiet message, and the machine is its sender", () => {
  expect(render()).toEqual({
    username: "vps-tokyo",
    embeds: [
      {
        title: "📅 24 h: all well",
        description: "`▁▁ ▅█ 12 %` **CPU** 3.2–92\u00A0%",
        color: 0x34_98_db,
        footer: { text: "48 runs" },
        timestamp: "2026-08-01T23:00:00.000Z",
      },
    ],
    allowed_mentions: { parse: [] },
    flags: 4096,
  });
});

test("what was raised and recovered is told, and first what is not over", () => {
  const incidents = [incident("/", 7, 5), incident("/srv", 2, null)];
  expect(titleOf({ incidents })).toBe("📅 24 h: 2 alerts, 1 ongoing");
  expect(linesOf({ incidents }).slice(1)).toEqual([
    "🟥 since <t:1785618000:t> disk /srv 96 % full, for 2 h",
    "⚠️ <t:1785600000:t>–<t:1785607200:t> disk / 96 % full, 2 h",
  ]);
});

test.each([
  [[incident("a", 2, 1)], "1 alert, over"],
  [[incident("a", 2, null)], "1 alert, ongoing"],
  [[incident("a", 2, null), incident("b", 2, null)], "2 alerts, all ongoing"],
  [[incident("a", 2, 1), incident("b", 2, 1)], "2 alerts, all over"],
])("the title says how many alerts there were and whether they are over (%#)", (incidents, ending) => {
  expect(titleOf({ incidents })).toEndWith(ending);
});

test("no number stands alone at the end of a line", () => {
  const incidents = [incident("/", 2, null)];
  for (const days of [
    null,
    lastDays(toMs, "UTC").map(([from, to]) => ({ fromMs: from, toMs: to, state: "well" as const })),
  ]) {
    expect(render({ incidents, days }).embeds[0]?.description).toContain("96\u00A0% full, for 2\u00A0h");
  }
});

test("CPU, memory and the fullest disk come first; a disk tells by how much it grew", () => {
  const disks = ["/", "/srv"].map((mount, index) =>
    summary(`storage_used_percent{mount="${mount}"}`, 50 + index, `storage_available_bytes{mount="${mount}"}`),
  );
  const lines = linesOf({ summaries: [summary("memory_used_percent", 40), ...disks, cpuDay] });
  expect(lines.map((line) => /\*\*(.*)\*\*/.exec(line)?.[1])).toEqual(["CPU", "Memory", "Disk /srv", "Disk /"]);
  expect(lines.at(-1)).toEndWith("**Disk /** +696 MiB");
});

test("the footer counts the times in which nothing was measured", () => {
  const gaps = [[toMs - 9 * hourMs, toMs - 6 * hourMs]] as const;
  expect(render({ gaps }).embeds[0]?.footer?.text).toBe("48 runs, 1 gap of 3 h");
});

test("hundreds of disks and alerts with hostile names are a message that Discord takes", () => {
  const name = `@everyone **${"/mnt/".repeat(400)}**\n`;
  const incidents = Array.from({ length: 200 }, (_, index) => incident(`${index} ${name}`, 9, index % 2 ? 1 : null));
  const summaries = Array.from({ length: 300 }, (_, index) => summary(`${index} ${name}`, 50));
  const notes = Array.from({ length: 30 }, () => ({ kind: "ephemeral", reason: name }) as const);
  const days = lastDays(toMs, "UTC").map(([from, to]) => ({ fromMs: from, toMs: to, state: "none" as const }));
  for (const one of [day, { ...day, days }]) {
    const message = renderDaily({ ...well, name }, { ...one, summaries, incidents }, "UTC", notes);
    expect(violations(message)).toBeUndefined();
    expect(message.embeds[0]?.description).toContain("192 more");
  }
});

describe("the review of a week", () => {
  const states = ["well", "well", "none", "warning", "well", "critical", "well"] as const;
  const days = lastDays(toMs, "UTC").map(([from, to], index) => ({
    fromMs: from,
    toMs: to,
    state: states[index] ?? "well",
  }));
  const incidents = [incident("/", 3 * 24, 3 * 24 - 1), incident("/srv", 24, null)];

  test("has a square a day, each day that was not green by name, and how long it all took", () => {
    expect(titleOf({ days, incidents })).toBe("📅 7 days: 4 without trouble");
    expect(linesOf({ days, incidents, fromMs: toMs - 7 * 24 * hourMs })).toEqual([
      "🟩🟩⬛🟨🟩🟥🟩 Sun to Sat",
      "`▁▁ ▅█ 12 %` **CPU** 3.2–92 %",
      "🟥 since Fri disk /srv 96 % full, for 1 day",
      "⚠️ Wed disk / 96 % full, 1 h",
      "⬛ Tue nothing measured",
      "-# up 23 days without a reboot · 2 alerts, 1 d 1 h in all",
    ]);
    expect(render({ days }).embeds[0]?.footer?.text).toBe("Ubuntu 24.04 · up 23 d");
  });

  test("what is wrong at the same time counts once in how long it all took", () => {
    const many = [
      incident("/", 30, 20),
      incident("/srv", 28, 22),
      incident("/home", 25, 15),
      incident("/", 400, 24 * 8),
    ];
    expect(linesOf({ days, incidents: many, fromMs: toMs - 7 * 24 * hourMs }).at(-1)).toEndWith(
      "4 alerts, 15 h in all",
    );
  });

  test("says so when there was no trouble", () => {
    expect(titleOf({ days: days.map((one) => ({ ...one, state: "well" })) })).toBe("📅 7 days without trouble");
  });

  test("is told in Japanese", () => {
    const [embed] = render({ days, incidents }, { ...well, words: ja }).embeds;
    expect(embed?.title).toBe("📅 過去7日間: うち4日は異常なし");
    expect(embed?.description).toContain("⚠️ 水曜 ディスク / 使用率 96%（1時間）");
    expect(en.week.days).toHaveLength(ja.week.days.length);
  });
});
