import { expect, test } from "bun:test";

import type { Transition } from "../../../lib/alerts/alert.ts";
import { renderAlert } from "../../../lib/render/discord/alert.ts";
import { en } from "../../../lib/words/en.ts";
import { violations } from "../../support/discordContract.ts";

const nowMs = Date.parse("2026-07-10T12:00:00Z");
const full: Transition = {
  kind: "raised",
  rule: "storage_used",
  labels: { mount: "/" },
  from: null,
  to: "critical",
  value: 96.2,
  threshold: 95,
  sinceMs: nowMs,
  untilMs: nowMs,
};
const nothing = { name: "web-1", nowMs, transitions: [], events: [], reasons: [], words: en };
const role = { mention_role: "123456789012345678" };

test("the headline carries the news: host, what, how much", () => {
  const { embeds } = renderAlert({ ...nothing, transitions: [full] }, {});
  expect(embeds[0]).toMatchObject({ title: "🔴 web-1: disk / 97 % full", color: 0xe7_4c_3c });
  expect(embeds[0]?.description).toBe("🔴 disk / 97 % full: critical, limit 95 %");
});

test("a recovery says how long it lasted", () => {
  const over: Transition = { ...full, kind: "recovered", from: "critical", to: null, value: 41, threshold: null };
  const lasted = { ...over, sinceMs: nowMs - 2 * 3_600_000 };
  const { embeds } = renderAlert({ ...nothing, transitions: [lasted] }, {});
  expect(embeds[0]?.title).toBe("🟢 web-1: disk / back to 41 %");
  expect(embeds[0]?.description).toContain("lasted 2 h");
});

test("only what is critical mentions somebody, only whom the settings name, with the news beside the mention", () => {
  const critical = renderAlert({ ...nothing, transitions: [full] }, role);
  expect(critical.content).toBe("<@&123456789012345678> 🔴 web-1: disk / 97 % full");
  expect(critical.allowed_mentions).toEqual({ parse: [], roles: ["123456789012345678"] });
  const warning = renderAlert({ ...nothing, transitions: [{ ...full, to: "warning" }] }, role);
  expect(warning.content).toBeUndefined();
  expect(warning.allowed_mentions).toEqual({ parse: [] });
});

test("what is only said again mentions nobody, unless that is asked for", () => {
  const reminder = { ...nothing, transitions: [{ ...full, kind: "reminder" }] } as const;
  expect(renderAlert(reminder, role).content).toBeUndefined();
  expect(renderAlert(reminder, { ...role, mention_reminders: true }).content).toContain("<@&123456789012345678>");
});

test("a rule that is set so mentions nobody", () => {
  const alert = { ...nothing, transitions: [full] };
  expect(renderAlert(alert, { ...role, withoutMention: ["storage_used"] }).content ?? "").not.toContain("<@");
  expect(renderAlert(alert, { ...role, withoutMention: ["memory"] }).content).toContain("<@&123456789012345678>");
});

test("times of events are in the reader's own zone", () => {
  const repeated = { count: 3, quietHours: 3, againMs: null };
  const event = { kind: "rebooted", severity: "notice", fromMs: nowMs, toMs: nowMs + 60_000, repeated } as const;
  const { embeds } = renderAlert({ ...nothing, events: [event] }, {});
  const [from, to] = [`<t:${nowMs / 1000}:f>`, `<t:${nowMs / 1000 + 60}:f>`];
  const headline = "rebooted, down for at most 1 min, 3 times in a row";
  const quiet = "from now on quiet until it has not happened for 3 h";
  expect(embeds[0]?.title).toBe(`🔵 web-1: ${headline}`);
  expect(embeds[0]?.description).toBe(`🔵 ${headline}: down at some time between ${from} and ${to}; ${quiet}`);
});

test("alerts are loud: no flag keeps the phone silent", () => {
  expect(renderAlert({ ...nothing, transitions: [full] }, {}).flags).toBeUndefined();
});

test("however much happens at once, and whatever it is called, Discord takes it", () => {
  const hostile = "/mnt/@everyone*_`[x](y)".repeat(20);
  const transitions = Array.from({ length: 300 }, () => ({ ...full, labels: { mount: hostile } }));
  expect(violations(renderAlert({ ...nothing, name: "*".repeat(300), transitions }, role))).toBeUndefined();
});

test("the worst comes first, whether it changed or happened", () => {
  const warning: Transition = { ...full, rule: "swap_used", labels: {}, to: "warning", value: 91, threshold: 90 };
  const killed = { kind: "killed", severity: "critical", count: 1 } as const;
  const { embeds } = renderAlert({ ...nothing, transitions: [warning], events: [killed] }, {});
  expect(embeds[0]?.title).toBe("🔴 web-1: 1 process was killed for lack of memory · swap 91 %");
  expect(embeds[0]?.description?.split("\n").map((threshold) => threshold.slice(0, 2))).toEqual(["🔴", "🟡"]);
});

test("the headline names the four worst and counts the others; a long name leaves room for them", () => {
  const transitions = Array.from({ length: 7 }, (_, index) => ({ ...full, labels: { mount: `/mnt/${index}` } }));
  const name = "a-very-long-name-of-a-host.in-a-long-domain.example.net";
  const title = renderAlert({ ...nothing, name, transitions }, {}).embeds[0]?.title;
  expect(title).toStartWith("🔴 a-very-long-name-of-a-host.in-a…: disk /mnt/0 97 % full · disk /mnt/1");
  expect(title).toEndWith("disk /mnt/3 97 % full · +3 more");
});

test("a name that looks like a mention pings nobody, in the content either", () => {
  const { content, allowed_mentions } = renderAlert(
    { ...nothing, transitions: [{ ...full, labels: { mount: "/@everyone <@&1>" } }] },
    role,
  );
  expect(content).not.toContain("@everyone");
  expect(content).not.toContain("<@&1>");
  expect(allowed_mentions?.parse).toEqual([]);
});

test("what does not fit is counted, not cut off in a word", () => {
  const transitions = Array.from({ length: 300 }, (_, index) => ({ ...full, labels: { mount: `/mnt/${index}` } }));
  const lines = renderAlert({ ...nothing, transitions }, {}).embeds[0]?.description?.split("\n") ?? [];
  const told = lines.length - 1;
  expect(told).toBeGreaterThan(80);
  expect(lines[told - 1]).toEndWith("critical, limit 95 %");
  expect(lines.at(-1)).toBe(`… and ${300 - told} more`);
});

test("one thing with an endless name is told all the same", () => {
  const { embeds } = renderAlert(
    { ...nothing, transitions: [{ ...full, labels: { mount: `/${"x".repeat(4094)}` } }] },
    {},
  );
  expect(embeds[0]?.description).toStartWith("🔴 disk /xxx");
});
