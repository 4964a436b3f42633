import { expect, test } from "bun:test";

import { renderCard } from "../../../lib/render/discord/card.ts";
import type { Report } from "../../../lib/report/report.ts";
import { violations } from "../../support/discordContract.ts";
import { cpu, disk, load, memory, reportOf } from "../../support/reports.ts";

const well = reportOf({ memory, storage: [disk("/", 68)], cpu: cpu(18), load });
const embedOf = (report: Report) => renderCard(report, "1.0.0").embeds[0]!;

test("the first words are the sign, the name and how it is", () => {
  expect(embedOf(well).title).toBe("🟢 vps — all well");
  expect(embedOf(reportOf({ memory, storage: [disk("/", 87)] })).title).toBe("⚠️ vps — warning: disk / 87 % full");
  expect(embedOf(reportOf({ memory, storage: [disk("/", 96)] })).title).toBe("🟥 vps — critical: disk / 96 % full");
  expect(embedOf(reportOf({ host: null })).title).toBe("❓ unnamed machine — nothing could be read");
});

test("each verdict has a colour of its own", () => {
  const reports = [
    well,
    reportOf({ memory, storage: [disk("/", 87)] }),
    reportOf({ storage: [disk("/", 96)] }),
    reportOf({}),
  ];
  expect(new Set(reports.map((report) => embedOf(report).color)).size).toBe(4);
});

test("the core numbers stand in fields with a bar, and each reads alone", () => {
  const { fields } = embedOf(well);
  expect(fields).toContainEqual({ name: "Memory", value: "▰▰▰▰▱▱▱▱ 50 %\n1.00 / 2.00 GiB", inline: true });
  expect(fields).toContainEqual({
    name: "Disk /",
    value: "▰▰▰▰▰▱▱▱ 68 %\n34.0 / 50.0 GiB\n16.0 GiB left",
    inline: true,
  });
  expect(fields).toContainEqual({ name: "CPU", value: "▰▱▱▱▱▱▱▱ 18 %\nnow, over 0.50 s", inline: true });
});

test("the footer says what machine it is and since when it runs", () => {
  const { footer, timestamp } = embedOf(well);
  expect(footer?.text).toBe("Ubuntu 24.04.3 LTS · 6.8.0 · up 23 days · server-metrics 1.0.0");
  expect(timestamp).toBe("2026-07-10T12:38:48.000Z");
  expect(embedOf(reportOf({ host: null })).footer?.text).toBe("server-metrics 1.0.0");
});

test("nobody is mentioned, whatever the machine is called", () => {
  const message = renderCard(reportOf({ memory }, "@everyone <@&123> @here"), "1.0.0");
  expect(message.allowed_mentions).toEqual({ parse: [] });
  expect(message.embeds[0]?.title).not.toMatch(/@everyone|@here|[^\\]<@/);
});

test.each([
  ["@everyone", undefined],
  ["here", undefined],
  ["discord-box", "dis-cord-box"],
  ["my Clyde", "my Cly-de"],
  ["vps", "vps"],
])("a machine called %s posts as %p, because Discord refuses some names", (name, username) => {
  const message = renderCard(reportOf({ memory }, name), "1.0.0");
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
  expect(
    violations(renderCard(reportOf({ memory, storage, host: { hostname: name, os: name, kernel: name } }), "1.0.0")),
  ).toBeUndefined();
  expect(violations(renderCard(reportOf({ memory, storage }, name), "1.0.0"))).toBeUndefined();
});

test("200 disks with names of 300 emoji, all full, still make a message that Discord takes", () => {
  const storage = Array.from({ length: 200 }, (_, index) => disk(`/${index}/${"🚀".repeat(300)}`, 99));
  const message = renderCard(reportOf({ memory, storage, cpu: cpu(18), load }), "1.0.0");
  expect(violations(message)).toBeUndefined();
  const [embed] = message.embeds;
  expect(embed?.fields.length).toBeLessThanOrEqual(25);
  const told = embed?.fields.at(-1);
  expect(told?.value).toMatch(/^\+\d+ more/);
});

test("200 disks with short names fill the card, and the last field counts the rest", () => {
  const storage = Array.from({ length: 200 }, (_, index) => disk(`/mnt/${index}`, 99));
  const { fields } = embedOf(reportOf({ memory, storage, cpu: cpu(18), load }));
  expect(fields).toHaveLength(25);
  expect(fields[0]?.name).toBe("🟥 Disk /mnt/0");
  expect(fields.at(-1)?.value).toMatch(/^\+\d+ more/);
});

test("a link in a name is no link", () => {
  expect(embedOf(reportOf({ memory }, "https://evil.example [x](y)")).title).not.toMatch(/https:\/\/|[^\\]\[x[^\\]\]/);
});
