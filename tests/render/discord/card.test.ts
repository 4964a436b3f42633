import { describe, expect, test } from "bun:test";

import { type MetricName, metrics } from "../../../lib/metrics/index.ts";
import { findTrends } from "../../../lib/past/trend.ts";
import { renderCard } from "../../../lib/render/discord/card.ts";
import { cardRows } from "../../../lib/report/cardRows.ts";
import type { Report } from "../../../lib/report/report.ts";
import { en } from "../../../lib/words/en.ts";
import { capturedMachines, measureCaptured } from "../../support/captured.ts";
import { violations } from "../../support/discordContract.ts";
import { cpu, disk, load, memory, reportOf } from "../../support/reports.ts";

const well = reportOf({ memory, storage: [disk("/", 68)], cpu: cpu(18), load });
const embedOf = (report: Report) => renderCard(report).embeds[0]!;
/** With ordinary blanks, as a reader sees them. */
const linesOf = (report: Report, hasChart = false) =>
  (renderCard(report, hasChart).embeds[0]?.description ?? "").replaceAll("\u00A0", " ").split("\n");
const titleOf = (report: Report) => embedOf(report).title;

test("the title says how it is by shape, word and colour, and what is worst", () => {
  expect(titleOf(well)).toBe("🟢 All well");
  expect(titleOf(reportOf({ memory, storage: [disk("/", 87)] }))).toBe("⚠️ Warning: disk / 87 % full");
  expect(titleOf(reportOf({ memory, storage: [disk("/", 96)] }))).toBe("🟥 Critical: disk / 96 % full");
  expect(titleOf(reportOf({ host: null }))).toBe("❓ Unknown: nothing could be read");
  const full = [disk("/a", 96), disk("/b", 97), disk("/c", 87), disk("/d", 88)];
  expect(titleOf(reportOf({ memory, storage: full }))).toBe("🟥 Critical: disk /a 96 % full, +1 critical, +2 warnings");
});

test("each verdict has a colour of its own", () => {
  const bad = [reportOf({ memory, storage: [disk("/", 87)] }), reportOf({ storage: [disk("/", 96)] }), reportOf({})];
  expect(new Set([well, ...bad].map((report) => embedOf(report).color)).size).toBe(4);
});

test("a title has at most 60 columns, whatever the disk is called", () => {
  for (const name of [
    "/mnt/a-name-that-does-not-end-and-goes-on-and-on-and-on-and-on",
    "/写真とバックアップと音楽と動画とその他の全部",
  ]) {
    const title = titleOf(reportOf({ memory, storage: [disk(name, 96), disk("/b", 97)] })) ?? "";
    expect(Bun.stringWidth(title)).toBeLessThanOrEqual(60);
    expect(title).toEndWith("…, +1 critical");
  }
});

test("a row is number, name and one remark; the number is as wide as the others", () => {
  expect(linesOf(well)).toEqual([
    "`18 %` **CPU** 0.50 s sample",
    "`50 %` **Memory** 1.00 / 2.00 GiB",
    "`68 %` **Disk /** 16.0 GiB free",
    "`0.31` **Load** 2 cores",
  ]);
});

test("a number with a decimal does not make the column wider than five characters", () => {
  expect(linesOf(reportOf({ memory, cpu: cpu(99.2), load }))[0]).toBe("`99.2%` **CPU** 0.50 s sample");
});

test("what is wrong stands first, and behind an empty line what is well", () => {
  const storage = [disk("/", 68), disk("/srv", 96), disk("/data", 86)];
  expect(linesOf(reportOf({ memory, storage, cpu: cpu(18), load }))).toEqual([
    "🟥 `96 %` **Disk /srv** 2.00 GiB free",
    "⚠️ `86 %` **Disk /data** 7.00 GiB free",
    "",
    "`18 %` **CPU** 0.50 s sample",
    "`50 %` **Memory** 1.00 / 2.00 GiB",
    "`68 %` **Disk /** 16.0 GiB free",
    "`0.31` **Load** 2 cores",
  ]);
});

test("what is wrong with another number than the row has is said in its remark", () => {
  const inodes = disk("/srv", 60);
  const usage = inodes.usage === null ? null : { ...inodes.usage, inodes: 1000, inodesFree: 10 };
  const [first] = linesOf(reportOf({ memory, storage: [{ ...inodes, usage }] }));
  expect(first).toBe("🟥 `60 %` **Disk /srv** inodes 99 % used");
});

test("a reading that failed is unknown: never well, never 0", () => {
  const read = reportOf({ memory, cpu: cpu(18) });
  const raid = { label: "RAID", number: "?", lines: ["could not be read: it is odd"], importance: "notable" } as const;
  const row = {
    ...raid,
    about: [],
    news: "RAID could not be read",
    severity: null,
    trend: null,
    alerts: [],
    metric: "raid",
  } as const;
  const sections = [{ metric: "raid", rows: [{ ...row, isUnread: true }] }, ...read.sections] as const;
  const report = { ...read, sections, headline: "no alerts · RAID could not be read" };
  expect(titleOf(report)).toBe("❓ Unknown: RAID");
  expect(linesOf(report)[0]).toBe("❓ `   ?` **RAID** could not be read: it is odd");
});

test("disks below 50 % are counted, but for the root and the fullest; the fullest comes first", () => {
  const names = (storage: readonly ReturnType<typeof disk>[]) => {
    const report = reportOf({ memory, storage: [...storage], cpu: cpu(1), load });
    const { well: rows, others } = cardRows(report);
    return [rows.filter(({ metric }) => metric === "storage").map(({ label }) => label), others];
  };
  expect(names([disk("/", 10), disk("/a", 20), disk("/b", 13)])).toEqual([
    ["Disk /a", "Disk /"],
    ["1 disk (at most 13 %)"],
  ]);
  expect(names([disk("/", 70), disk("/a", 20), disk("/b", 55)])).toEqual([
    ["Disk /", "Disk /b"],
    ["1 disk (at most 20 %)"],
  ]);
});

describe("with a day behind it", () => {
  const nowMs = Date.parse("2026-07-10T12:38:48Z");
  const hourMs = 3_600_000;
  const report = (load24: Partial<Parameters<typeof reportOf>[0]> = {}) => {
    const given = { memory, storage: [disk("/", 68)], cpu: cpu(18), load, ...load24 };
    const { observations } = reportOf(given);
    const runs = Array.from({ length: 48 }, (_, index) => ({
      atMs: nowMs - (48 - index) * (hourMs / 2),
      numbers: new Map([
        ['cpu_busy_percent{window="report"}', index === 20 ? 90 : 3],
        ["memory_used_percent", 50],
        ['storage_used_percent{mount="/"}', 68],
      ]),
    }));
    const trends = findTrends({ observations, runs, hours: [], nowMs });
    return reportOf(given, null, [], trends);
  };

  test("the CPU has its peak, and the only sparkline", () => {
    const lines = linesOf(report());
    expect(lines[0]).toMatch(/^`18 %` \*\*CPU\*\* peak 90 % at <t:\d+:t>$/);
    const drawn = lines.filter((line) => /[▁-█]/.test(line));
    expect(drawn).toHaveLength(1);
    expect(drawn[0]).toMatch(/^`[▁-█]{16,18}` CPU 24 h$/);
  });

  test("the sparkline is of what is wrong, and it is left out where the chart is", () => {
    const full = report({ storage: [disk("/", 96)] });
    expect(linesOf(full).at(-1)).toMatch(/^`[▁-█]+` Disk \/ 24 h$/);
    expect(linesOf(full, true).join()).not.toMatch(/[▁-█]/);
  });
});

test("small lines come last, and the next report is the very last", () => {
  const report = { ...reportOf({ memory, storage: [disk("/", 68), disk("/a", 3)] }), nextMs: 1_785_587_280_000 };
  const all = { target: "*", sinceMs: 0, untilMs: 1_785_587_280_000, why: null };
  const noted = { ...report, notes: ["a *note*"], mutes: { all, sentences: [] } };
  expect(linesOf(noted).filter((line) => line.startsWith("-# "))).toEqual([
    "-# a \\*note\\*",
    "-# also well: 1 disk (at most 3 %)",
    "-# 🔕 muted until <t:1785587280:f>: everything",
    "-# next report <t:1785587280:R>",
  ]);
});

test("numbers stay with their units, and no line begins with a bare number", () => {
  const report = reportOf({ memory, storage: [disk("/", 96), disk("/1.", 70)], cpu: cpu(18), load });
  const text = (embedOf(report).description ?? "").replace(/`[^`]*`/g, "");
  expect(text).not.toMatch(/\d (?:%|GiB|\/)/);
  for (const line of linesOf(report)) expect(line).not.toMatch(/^\d/);
});

test.each([
  ["Ubuntu 24.04.3 LTS", "Ubuntu 24.04 · up 23 d"],
  ["Debian GNU/Linux 13 (trixie)", "Debian 13 · up 23 d"],
  ["Arch Linux", "Arch Linux · up 23 d"],
  ["Alpine Linux v3.20", "Alpine 3.20 · up 23 d"],
  ["Fedora Linux 40 (Server Edition)", "Fedora 40 · up 23 d"],
  ["CentOS Linux release 7.9.2009 (Core)", "CentOS 7.9 · up 23 d"],
])("the footer of %s is %s, and fits one line of a phone", (os, footer) => {
  expect(embedOf(reportOf({ memory, host: { os, uptimeSeconds: 23 * 86_400 } })).footer?.text).toBe(footer);
});

test("the machine's name is the sender, and stands nowhere else", () => {
  const message = renderCard(reportOf({ memory, storage: [disk("/", 96)], cpu: cpu(18) }, "web-1"));
  expect(message.username).toBe("web-1");
  expect(JSON.stringify(message.embeds)).not.toContain("web-1");
});

test("nobody is mentioned, whatever the machine is called", () => {
  const message = renderCard(reportOf({ memory, storage: [disk("/@everyone <@&123> @here", 97)] }));
  expect(message.allowed_mentions).toEqual({ parse: [] });
  expect(message.embeds[0]?.title).not.toMatch(/@everyone|@here|[^\\]<@/);
  expect(message.embeds[0]?.description).not.toMatch(/@everyone|@here|[^\\]<@/);
});

test.each([
  ["@everyone", undefined],
  ["here", undefined],
  ["discord-box", "dis-cord-box"],
  ["my Clyde", "my Cly-de"],
  ["vps", "vps"],
])("a machine called %s posts as %p, because Discord refuses some names", (name, username) => {
  const message = renderCard(reportOf({ memory }, name));
  expect(violations(message)).toBeUndefined();
  if (name !== "@everyone") expect(message.username).toBe(username);
});

const nasty = [
  "x".repeat(300),
  "🚀".repeat(300),
  "*_~`|<>[]()#".repeat(25),
  "a\nb\r\u001B[31mred\u0000",
  "@everyone <@123> [click](https://evil.example) ```",
  "\u202Egpj.exe",
  " ",
  "",
];

test.each(nasty.map((name) => [name]))("a machine and its disks may be called %j", (name) => {
  const storage = [disk(name, 99), disk(`/${name}`, 10)];
  const host = { hostname: name, os: name, kernel: name };
  expect(violations(renderCard(reportOf({ memory, storage, host })))).toBeUndefined();
  expect(violations(renderCard(reportOf({ memory, storage }, name)))).toBeUndefined();
});

test.each([
  ["🚀".repeat(300), 99],
  ["*".repeat(300), 99],
  ["", 99],
  ["", 60],
])("200 disks called %p and %p %% full are at most 12 rows, and the rest is counted", (name, used) => {
  const storage = Array.from({ length: 200 }, (_, index) => disk(`/${index}/${name}`, used));
  const report = reportOf({ memory, storage, cpu: cpu(18), load });
  expect(violations(renderCard(report))).toBeUndefined();
  const lines = linesOf(report);
  expect(lines.filter((line) => line.includes("**")).length).toBeLessThanOrEqual(12);
  expect(lines.join()).toContain("**CPU**");
  expect(lines.at(-1)).toMatch(/^-# 19\d more, see server-metrics show$/);
});

test("a link in a name is no link", () => {
  const { title, description } = embedOf(reportOf({ memory, storage: [disk("https://evil.example [x](y)", 97)] }));
  for (const text of [title, description]) expect(text).not.toMatch(/https:\/\/|[^\\]\[x/);
});

test("an alert that no row is about has a line of its own", () => {
  const report = reportOf({ memory });
  const clock = { rule: "clock", key: "clock_off_seconds", labels: {}, severity: "warning", value: 400 } as const;
  const alert = { ...clock, sinceMs: null, easing: false, lastSeenMs: null };
  const told = { ...report, verdict: "warning", alerts: [alert], rowless: [alert] } as const;
  expect(linesOf(told)[0]).toBe("⚠️ **Clock is 6 min off**");
});

test.each([...capturedMachines])("%s: the card is the same where no detail is written for it", async (machine) => {
  const { report, snapshot } = await measureCaptured(machine);
  const isRead = (metric: MetricName) => snapshot.readings[metric].status === "ok";
  const whole = report(en, []);
  expect(renderCard(report(en, [], "card"))).toEqual(renderCard(whole));
  const details = whole.sections.filter(({ metric }) => metrics[metric].isDetail === true && isRead(metric));
  for (const row of details.flatMap(({ rows }) => rows)) expect(row).toMatchObject({ importance: "detail" });
});
