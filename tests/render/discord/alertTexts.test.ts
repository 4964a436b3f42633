/*
 * What an alert says, word for word: what, which, how much against which limit, since when, why, and what to do next. The
 * texts with a number are those that were found bad in some 90 messages on real traces.
 */
import { expect, test } from "bun:test";

import type { Transition } from "../../../lib/alerts/alert.ts";
import { createFormat } from "../../../lib/format.ts";
import { observations } from "../../../lib/model/observation.ts";
import { renderAlert } from "../../../lib/render/discord/alert.ts";
import { type Announcement, explain, type Facts, type News } from "../../../lib/report/explain.ts";
import { createThresholdsOf } from "../../../lib/settings/alerts.ts";
import { en } from "../../../lib/words/en.ts";

const nowMs = Date.parse("2026-08-01T12:00:00Z");
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const words = { ...en, thresholdsOf: createThresholdsOf({}) };
const now = "<t:1785585600:t>";
const at = (agoMs: number, style = "t") => `<t:${(nowMs - agoMs) / 1000}:${style}>`;

const raised = (
  rule: Transition["rule"],
  labels: Transition["labels"],
  value: number,
  threshold: number,
): Transition => ({
  kind: "raised",
  rule,
  labels,
  from: null,
  to: "warning",
  value,
  threshold,
  sinceMs: nowMs,
  untilMs: nowMs,
});
const critical = { to: "critical" } as const;
const over = { kind: "recovered", from: "critical", to: null, threshold: null } as const;
const root = { mount: "/" };
const window = { window: "report" };
const GiB = 1024 ** 3;

interface Told {
  readonly events?: Announcement["events"];
  readonly found?: Readonly<Record<string, string>>;
  readonly tools?: Readonly<Record<string, string>>;
  readonly facts?: Partial<Facts>;
  readonly name?: string;
}

/** The content and the lines of an alert; a number and its unit stand together there. */
function said(
  transitions: readonly Transition[],
  { events = [], found = {}, tools = {}, facts = {}, name = "web-1" }: Told = {},
) {
  const news: News = { transitions, events };
  const all = { observations: [], processes: null, hours: [], seconds: null, format: createFormat("iec"), words };
  const reasons = explain(news, { ...all, ...facts });
  const announcement = {
    name,
    nowMs,
    ...news,
    found: new Map(Object.entries(found)),
    tools: new Map(Object.entries(tools)),
    reasons,
    words,
  };
  const { content = "", embeds } = renderAlert(announcement, {});
  return [content, ...(embeds[0]?.description ?? "").split("\n")].map((line) => line.replaceAll("\u00A0", " "));
}

const filling = (usedAnHour: number, days: number) =>
  Array.from({ length: 24 * days + 1 }, (_, hour) => ({
    startMs: nowMs - (24 * days - hour) * hourMs,
    numbers: new Map([['storage_used_bytes{mount="/"}', { average: hour * usedAnHour }]]),
  }));
const disk = (left: number, fullInHours: number) =>
  observations("storage", { available_bytes: left * GiB, full_in_hours: fullInHours, used_percent: 83.4 }, root);

const process = (name: string, residentBytes: number) => ({ pid: 1, name, residentBytes });
const reading = { onlyOwn: false, zombies: 0, largest: [], machineTicks: 0, cpu: [] };
const busy = {
  before: reading,
  now: {
    ...reading,
    machineTicks: 1000,
    largest: [process("node", 1.21 * GiB), process("postgres", 312 * 1024 ** 2)],
    waiting: ["postgres", "jbd2/sda1-8"],
    cpu: [
      [1, 0, 880, "node"],
      [2, 0, 51, "postgres"],
    ] satisfies [number, number, number, string][],
  },
};

test("1: a disk that is full soon, and is not called full in 31 days with a limit of 0 s", () => {
  const alert = { ...raised("storage_full_soon", root, 3.1, 4), ...critical };
  expect(said([alert], { facts: { observations: disk(8.4, 3.1) } })).toEqual([
    "🟥 Disk / full in about 3 h: critical",
    "84 % full now, **8.40 GiB** free, +2.71 GiB/h",
    "`du -xh / | sort -h | tail`",
    `-# ${now} · mute: \`server-metrics mute storage_full_soon /\``,
  ]);
});

test("2: an end has the good value, from when to when it was bad", () => {
  const end = { ...raised("cpu_busy", window, 41, 0), ...over, from: "warning", sinceMs: nowMs - 4 * hourMs } as const;
  expect(said([end])).toEqual(["🟢 CPU back to 41 %, after 4 h", `Was a warning from ${at(4 * hourMs)} to ${now}`]);
});

test("3: better, but not well, says at which value it is over", () => {
  const better = { kind: "better", from: "critical", isOverThere: true, sinceMs: nowMs - 4 * hourMs } as const;
  expect(said([{ ...raised("storage_used", root, 82.3, 80), ...better }])).toEqual([
    "⚠️ Disk / 83 % full: warning, no longer critical",
    "critical for 4 h",
    `-# ${now} · clears at 80 %`,
  ]);
});

test("4: what lasts says for how long, and the limit that it is beyond", () => {
  const reminder = { kind: "reminder", from: "warning", sinceMs: nowMs - 48 * hourMs } as const;
  expect(said([{ ...raised("cpu_busy", window, 93, 90), ...reminder }])).toEqual([
    "⚠️ CPU 93 % busy: still warning, for 2 days",
    "`ps aux --sort=-pcpu | head`",
    `-# ${now} · limit 90 % · mute: \`server-metrics mute cpu_busy\``,
  ]);
});

test.each([
  ["HTTP 502", "🟥 shop is down (HTTP 502): critical"],
  ["no answer within 2 s", "🟥 shop is down (no answer within 2 s): critical"],
])("5: why a page is down is in the headline: %s", (problem, headline) => {
  const down = { ...raised("http_down", { check: "shop" }, 0, 0), ...critical };
  expect(said([down], { found: { 'http_up{check="shop"}': problem } })).toEqual([
    headline,
    "`server-metrics show`",
    `-# ${now} · mute: \`server-metrics mute http_down shop\``,
  ]);
});

test("6: shares say of what they are", () => {
  const memory = { ...raised("memory", {}, 8, 10), sinceMs: nowMs - 10 * minuteMs };
  expect(said([memory], { facts: { processes: busy } })).toEqual([
    "⚠️ Memory 92 % used: warning",
    "top memory: node **1.21 GiB**, postgres 312 MiB",
    "`ps aux --sort=-rss | head`",
    `-# since ${at(10 * minuteMs)} · limit 90 % · mute: \`server-metrics mute memory\``,
  ]);
  expect(said([raised("swap_used", {}, 95, 90)])[0]).toBe("⚠️ Swap 95 % used: warning");
  expect(said([raised("cpu_busy", window, 97, 90)])[0]).toBe("⚠️ CPU 97 % busy: warning");
  expect(said([raised("storage_inodes", root, 91, 85)])[0]).toBe("⚠️ Disk / inodes 91 % used: warning");
});

test("7: which container", () => {
  expect(said([raised("containers", { container: "web" }, 1, 1)])).toEqual([
    "⚠️ Container web unhealthy: warning",
    "`docker logs --tail 50 web`",
    `-# ${now} · mute: \`server-metrics mute containers web\``,
  ]);
  const tools = { 'container_unhealthy{container="web"}': "podman" };
  expect(said([raised("containers", { container: "web" }, 1, 1)], { tools })[1]).toBe("`podman logs --tail 50 web`");
});

test("8: of the failed units only the one that is news, with the command for its log", () => {
  const found = { 'unit_failed{unit="x.service"}': "exit-code" };
  expect(said([raised("units", { unit: "x.service" }, 1, 1)], { found })).toEqual([
    "⚠️ x.service failed (exit-code): warning",
    "`journalctl -u x.service -n 50`",
    `-# ${now} · mute: \`server-metrics mute units x.service\``,
  ]);
});

test("an end has the worst value as well, for memory the most that was used", () => {
  const past = { ...over, sinceMs: nowMs - 4 * hourMs };
  expect(said([{ ...raised("storage_used", root, 41, 0), ...past, peak: 96.7 }])).toEqual([
    "🟢 Disk / back to 41 %, after 4 h",
    `Was critical from ${at(4 * hourMs)} to ${now}, 97 % at most`,
  ]);
  expect(said([{ ...raised("memory", {}, 40, 0), ...past, peak: 3 }])[1]).toEndWith(", 97 % at most");
});

test("a reminder says when the next one comes", () => {
  const reminder = { ...critical, kind: "reminder", from: "critical", nextReminderMs: nowMs + 24 * hourMs } as const;
  expect(said([{ ...raised("storage_used", root, 97, 95), ...reminder, sinceMs: nowMs - 12 * hourMs }])).toEqual([
    "🟥 Disk / 97 % full: still critical, for 12 h",
    "`du -xh / | sort -h | tail`",
    `-# ${now} · limit 95 % · next reminder in 1 day · mute: \`server-metrics mute storage_used /\``,
  ]);
});

test("what was held back is told in sentences, with a sign of its own", () => {
  const held = [{ rule: "storage_used", labels: root, value: 41 }, { event: "rebooted" }] as const;
  const { content, embeds } = renderAlert(
    { name: "", nowMs, transitions: [], events: [], held, reasons: [], words },
    {},
  );
  expect(content).toBe("🔕 2 came and went while muted");
  expect(embeds[0]?.description).toBe("already over: disk / back to 41\u00A0%, rebooted");
});

test("9: what went on and off counts from the first time", () => {
  const end = { ...raised("cpu_busy", window, 41, 0), ...over, onAndOff: true, sinceMs: nowMs - 50 * hourMs };
  expect(said([end])).toEqual([
    "🟢 CPU back to 41 %, after 2 d 2 h",
    `On and off from ${at(50 * hourMs, "f")} to ${now}`,
  ]);
});

test.each([
  [22.02, "22 h"],
  [59, "2 days"],
  [1.1, "70 min"],
])("10: a forecast of %d h has one unit: %s", (hours, text) => {
  expect(said([raised("storage_full_soon", root, hours, 24)])[0]).toBe(`⚠️ Disk / full in about ${text}: warning`);
});

test("11: a forecast has a speed, and no limit", () => {
  const lines = said([raised("storage_full_soon", root, 23, 24)], { facts: { observations: disk(62.1, 23) } });
  expect(lines[1]).toBe("84 % full now, **62.1 GiB** free, +2.70 GiB/h");
  expect(lines.join()).not.toContain("limit");
});

test("12: swap traffic says of which time", () => {
  const traffic = raised("swap_traffic", window, 76, 30);
  expect(said([traffic], { facts: { seconds: 1800, processes: busy } })).toEqual([
    "⚠️ Heavy swapping, 76 % of memory: warning",
    "in the last 30 min",
    "top memory: node **1.21 GiB**, postgres 312 MiB",
    "`vmstat 5 5`",
    `-# ${now} · limit 30 % · mute: \`server-metrics mute swap_traffic\``,
  ]);
});

const killed = { kind: "killed", severity: "critical", count: 3 } as const;
const memory = (available: number) =>
  observations("memory", { available_bytes: available * GiB, total_bytes: 2 * GiB });

test("13: who was killed is in the kernel's log; whether memory is short says whose limit it was", () => {
  const events = [killed];
  expect(said([], { events, facts: { processes: busy, observations: memory(1) } })).toEqual([
    "🟥 Out of memory, 3 processes killed: critical",
    "**1.00 / 2.00 GiB** of memory available now · probably the limit of one unit or container",
    "`journalctl -k -g 'killed process' -n 20`",
    `-# ${now}`,
  ]);
  expect(said([], { events, facts: { processes: busy, observations: memory(0.1) } })).toEqual([
    "🟥 Out of memory, 3 processes killed: critical",
    "**0.10 / 2.00 GiB** of memory available now",
    "top memory: node **1.21 GiB**, postgres 312 MiB",
    "`journalctl -k -g 'killed process' -n 20`",
    `-# ${now}`,
  ]);
});

test("14: a reboot is said once", () => {
  const events = [{ kind: "rebooted", severity: "notice", fromMs: nowMs - 2 * minuteMs, toMs: nowMs }] as const;
  expect(said([], { events })).toEqual([
    "🔵 Rebooted, down at most 2 min",
    `down between ${at(2 * minuteMs)} and ${now}`,
    "`journalctl -b -1 -n 50`",
    `-# ${now}`,
  ]);
});

test("15: I/O wait names who waits, and not its own number again", () => {
  const cpu = observations("cpu", { busy_percent: 20, iowait_percent: 60 }, window);
  const wait = { ...raised("cpu_iowait", window, 60, 40), sinceMs: nowMs - 25 * minuteMs };
  expect(said([wait], { facts: { processes: busy, observations: cpu } })).toEqual([
    "⚠️ I/O wait 60 %: warning",
    "waiting for a disk: postgres, jbd2/sda1-8",
    "top CPU: node 88 %, postgres 5.1 %",
    "`ps -eo state,pid,args | grep ^D`",
    `-# since ${at(25 * minuteMs)} · limit 40 % · mute: \`server-metrics mute cpu_iowait\``,
  ]);
});

test("16: near a limit that was not crossed there is a decimal", () => {
  const reminder = { kind: "reminder", from: "warning", sinceMs: nowMs - 24 * hourMs } as const;
  const [headline, , small] = said([{ ...raised("storage_used", root, 94.2, 85), ...reminder }]);
  expect(headline).toBe("⚠️ Disk / 94.2 % full: still warning, for 1 day");
  expect(small).toContain("limit 85 %");
});

test("17: the name of the machine takes no room", () => {
  const name = "production-database-server-03.example.net";
  expect(said([{ ...raised("storage_used", root, 96, 95), ...critical }], { name })[0]).toBe(
    "🟥 Disk / 96 % full: critical",
  );
});

test("17: a long name is cut, and not the number behind it; the embed has it whole", () => {
  const mount = "/var/lib/docker/volumes/production_database_backup/_data";
  const lines = said([{ ...raised("storage_used", { mount }, 97, 95), ...critical }]);
  expect(lines[0]).toBe("🟥 Disk /var/lib/docker/volumes/product… 97 % full: critical");
  expect(lines[1]).toBe("Disk /var/lib/docker/volumes/production\\_database\\_backup/\\_data 97 % full: critical");
});

test("18: a name is escaped in the headline only where Discord would take it for markdown", () => {
  const headline = (mount: string) => said([raised("storage_used", { mount }, 86, 85)])[0];
  expect(headline("/mnt/my_disk (old) #2 > 1-2")).toBe("⚠️ Disk /mnt/my_disk (old) #2 > 1-2 86 % full: warning");
  expect(headline("/mnt/*x*")).toBe("⚠️ Disk /mnt/\\*x\\* 86 % full: warning");
  expect(headline("/mnt/_x_")).toBe("⚠️ Disk /mnt/\\_x\\_ 86 % full: warning");
});

test("19: what gets better has no speed at which it fills", () => {
  const better = { ...raised("storage_used", root, 88, 85), kind: "better", from: "critical" } as const;
  const hours = filling(0.2 * GiB, 7);
  expect(said([better], { facts: { observations: disk(6, 744), hours } })[1]).toBe(
    "**6.00 GiB** free · critical for 0 s",
  );
});

test("20: a temperature is not rounded over a limit", () => {
  expect(said([{ ...raised("temperature", { sensor: "CPU" }, 89.6, 80) }])).toEqual([
    "⚠️ CPU at 89.6 °C: warning",
    "`sensors`",
    `-# ${now} · limit 80 °C · mute: \`server-metrics mute temperature CPU\``,
  ]);
});

test("21: a countdown has no duration besides", () => {
  const reminder = { kind: "reminder", from: "warning", sinceMs: nowMs - 24 * hourMs } as const;
  expect(said([{ ...raised("certificate", { check: "blog" }, 13.2, 14), ...reminder }])).toEqual([
    "⚠️ Certificate for blog expires in 13 days: still warning",
    "`systemctl list-timers`",
    `-# ${now} · limit 14 days · mute: \`server-metrics mute certificate blog\``,
  ]);
});

test("22: with names that a shell would not take as they are, the commands hold them quoted", () => {
  const lines = said([raised("storage_used", { mount: "/mnt/my disk; reboot" }, 86, 85)]);
  expect(lines.slice(1)).toEqual([
    "`du -xh '/mnt/my disk; reboot' | sort -h | tail`",
    `-# ${now} · limit 85 % · mute: \`server-metrics mute storage_used '/mnt/my disk; reboot'\``,
  ]);
});

test("a disk: what is left, how fast it fills, when it is full", () => {
  const worse = { kind: "worse", from: "warning", to: "critical", sinceMs: nowMs - 4 * hourMs } as const;
  const facts = { observations: disk(2.01, 744), hours: filling(0.25 * GiB, 7) };
  expect(said([{ ...raised("storage_used", root, 95.8, 95), ...worse }], { facts })).toEqual([
    "🟥 Disk / 95.8 % full: now critical",
    "**2.01 GiB** free, +6.00 GiB/day, full in about 8 h · a warning for 4 h",
    "`du -xh / | sort -h | tail`",
    `-# ${now} · limit 95 % · mute: \`server-metrics mute storage_used /\``,
  ]);
});

test("several: the worst in the headline, each in a row, and at most six lines", () => {
  const down = { ...raised("service_down", { unit: "misskey.service" }, 0, 0), ...critical };
  const news = [down, raised("memory", {}, 8, 10), raised("storage_full_soon", root, 9.1, 24)];
  const found = { 'service_active{unit="misskey.service"}': "failed (oom-kill)" };
  expect(said(news, { found, facts: { processes: busy, observations: disk(6.9, 9.1) } })).toEqual([
    "🟥 misskey.service is down: critical, +2 warnings",
    "🟥 **misskey.service is down** · failed (oom-kill)",
    "⚠️ **Memory 92 % used** · limit 90 %",
    "⚠️ **Disk / full in about 9 h**",
    "/: 84 % full now, **6.90 GiB** free, +776 MiB/h",
    "top memory: node **1.21 GiB**, postgres 312 MiB",
    `-# ${now}`,
  ]);
});

test("what comes again and again says how often, and how long it takes", () => {
  const again = { count: 3, usualMs: 40 * minuteMs, expectedMs: 80 * minuteMs };
  expect(said([{ ...raised("cpu_busy", window, 97, 90), kind: "flapping", again }])).toEqual([
    "⚠️ CPU 97 % busy: warning, on and off",
    "3 times in 7 days, usually for 40 min",
    "next alert only if it lasts longer than 1 h 20 min or gets worse",
    "`ps aux --sort=-pcpu | head`",
    `-# ${now} · limit 90 % · mute: \`server-metrics mute cpu_busy\``,
  ]);
});

test("what could not be read is unknown, which has a sign and a colour of its own", () => {
  const unread = raised("unread", { metric: "units" }, 1, 1);
  expect(said([unread])[0]).toBe("❓ Services could not be read");
  const { embeds } = renderAlert({ name: "", nowMs, transitions: [unread], events: [], reasons: [], words }, {});
  expect(embeds[0]?.color).toBe(0x95_a5_a6);
});
