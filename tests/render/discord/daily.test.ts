import { expect, test } from "bun:test";

import type { Daily } from "../../../lib/past/digest.ts";
import { renderDaily } from "../../../lib/render/discord/daily.ts";
import { en } from "../../../lib/words/en.ts";
import { violations } from "../../support/discordContract.ts";

const hourMs = 3_600_000;
const toMs = Date.parse("2026-08-01T23:00:00Z");

const summary = (label: string, average: number) => ({
  key: label,
  label,
  unit: "percent" as const,
  amountKey: null,
  leftKey: null,
  runs: 48,
  minimum: { value: 3.2, atMs: toMs - 20 * hourMs },
  average,
  maximum: { value: 92, atMs: toMs - 4 * hourMs },
  last: { value: 12, atMs: toMs },
  buckets: [1, 2, null, 50, 90],
});

const incident = (text: string, fromHours: number, toHours: number | null) => ({
  target: text,
  fromMs: toMs - fromHours * hourMs,
  toMs: toHours === null ? null : toMs - toHours * hourMs,
  severity: "critical" as const,
  text,
});

const day: Daily = { fromMs: toMs - 24 * hourMs, toMs, runs: 48, summaries: [summary("CPU", 12)], incidents: [] };
const render = (more: Partial<Daily> = {}) =>
  renderDaily({ name: "vps-tokyo", headline: "all well" }, { ...day, ...more }, "1.2.3", en);

test("a quiet day is told in one quiet message", () => {
  expect(render()).toEqual({
    username: "vps-tokyo",
    embeds: [
      {
        title: "📅 vps-tokyo — the last 24 hours: all well",
        color: 0x34_98_db,
        fields: [
          {
            name: "CPU",
            value: "12 % on average\n3.2 % to 92 %\nhighest at <t:1785610800:t>\n`▁▁ ▅█`",
            inline: true,
          },
        ],
        footer: { text: "48 runs · server-metrics 1.2.3" },
        timestamp: "2026-08-01T23:00:00.000Z",
      },
    ],
    allowed_mentions: { parse: [] },
    flags: 4096,
  });
});

test("what was raised and recovered is told, and first what is not over", () => {
  const [embed] = render({ incidents: [incident("disk / 96 %", 7, 5), incident("nginx down", 2, null)] }).embeds;
  expect(embed?.title).toBe("📅 vps-tokyo — the last 24 hours: 2 alerts, 1 not over");
  expect(embed?.description?.split("\n")).toEqual([
    "🟥 nginx down: critical, since <t:1785618000:t>, for 2 h",
    "🟢 disk / 96 %: critical, <t:1785600000:t> to <t:1785607200:t>, 2 h",
  ]);
});

test.each([
  [[incident("a", 2, 1)], "1 alert, over"],
  [[incident("a", 2, null)], "1 alert, not over"],
  [[incident("a", 2, null), incident("b", 2, null)], "2 alerts, not over"],
])("the title says how many alerts there were and whether they are over (%#)", (incidents, ending) => {
  expect(render({ incidents }).embeds[0]?.title).toEndWith(ending);
});

test("hundreds of disks and alerts with hostile names are a message that Discord takes", () => {
  const name = `@everyone **${"/mnt/".repeat(400)}**\n`;
  const incidents = Array.from({ length: 200 }, (_, index) => incident(`${index} ${name}`, 9, index % 2 ? 1 : null));
  const summaries = Array.from({ length: 300 }, (_, index) => summary(`${index} ${name}`, 50));
  const notes = Array.from({ length: 30 }, () => ({ kind: "ephemeral", reason: name }) as const);
  const message = renderDaily({ name, headline: "all well" }, { ...day, summaries, incidents }, "1.2.3", en, notes);
  expect(violations(message)).toBeUndefined();
  expect(message.embeds[0]?.description).toContain("\nand 185 more\n");
  expect(message.embeds[0]?.footer?.text).toStartWith("+288 more numbers");
});

test("a number that did not move is told once", () => {
  const flat = { ...summary("Disk /", 41), minimum: { value: 41, atMs: toMs }, maximum: { value: 41.2, atMs: toMs } };
  const [field] = render({ summaries: [flat] }).embeds[0]?.fields ?? [];
  expect(field?.value).toStartWith("41 % all the time\n`");
});
