import { expect, test } from "bun:test";

import type { Transition } from "../../../lib/alerts/alert.ts";
import { renderAlert } from "../../../lib/render/discord/alert.ts";
import type { DiscordMessage } from "../../../lib/render/discord/message.ts";
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

/** The content without its no-break spaces, and the lines of the embed. */
function textsOf({ content = "", embeds }: DiscordMessage) {
  return { content: content.replaceAll("\u00A0", " "), lines: embeds[0]?.description?.split("\n") ?? [] };
}

test("the headline is the content, because a phone's notification shows nothing of an embed", () => {
  const message = renderAlert({ ...nothing, transitions: [full] }, {});
  expect(message.username).toBe("web-1");
  expect(message.content).toBe("🟥 Disk / 97\u00A0% full: critical");
  expect(message.embeds[0]?.color).toBe(0xe7_4c_3c);
  expect(message.embeds[0]?.title).toBeUndefined();
  expect(message.embeds[0]?.footer).toBeUndefined();
});

test("the name of the machine is its sender, and stands nowhere else", () => {
  const { username, ...rest } = renderAlert({ ...nothing, transitions: [full] }, {});
  expect(username).toBe("web-1");
  expect(JSON.stringify(rest)).not.toContain("web-1");
});

test("only what is critical mentions somebody, only whom the settings name, behind the headline", () => {
  const critical = renderAlert({ ...nothing, transitions: [full] }, role);
  expect(textsOf(critical).content).toBe("🟥 Disk / 97 % full: critical <@&123456789012345678>");
  expect(critical.allowed_mentions).toEqual({ parse: [], roles: ["123456789012345678"] });
  const warning = renderAlert({ ...nothing, transitions: [{ ...full, to: "warning" }] }, role);
  expect(textsOf(warning).content).toBe("⚠️ Disk / 97 % full: warning");
  expect(warning.allowed_mentions).toEqual({ parse: [] });
});

test("what is only said again mentions nobody, unless that is asked for", () => {
  const reminder = { ...nothing, transitions: [{ ...full, kind: "reminder" }] } as const;
  expect(renderAlert(reminder, role).content).not.toContain("<@");
  expect(renderAlert(reminder, { ...role, mention_reminders: true }).content).toContain("<@&123456789012345678>");
});

test("a rule that is set so mentions nobody", () => {
  const alert = { ...nothing, transitions: [full] };
  expect(renderAlert(alert, { ...role, withoutMention: ["storage_used"] }).content ?? "").not.toContain("<@");
  expect(renderAlert(alert, { ...role, withoutMention: ["memory"] }).content).toContain("<@&123456789012345678>");
});

test("times of events are in the reader's own zone, with their day when that is another one", () => {
  const repeated = { count: 3, quietHours: 3, againMs: nowMs + 86_400_000 };
  const event = { kind: "rebooted", severity: "notice", fromMs: nowMs - 60_000, toMs: nowMs, repeated } as const;
  const { content, lines } = textsOf(renderAlert({ ...nothing, events: [event] }, {}));
  const seconds = nowMs / 1000;
  expect(content).toBe("🔵 Rebooted, down at most 1 min (3 in a row)");
  expect(lines.slice(0, 2)).toEqual([
    `down between <t:${seconds - 60}:t> and <t:${seconds}:t>`,
    `quiet until 3\u00A0h pass without one, or until <t:${seconds + 86_400}:f>`,
  ]);
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
  const { content, lines } = textsOf(renderAlert({ ...nothing, transitions: [warning], events: [killed] }, {}));
  expect(content).toBe("🟥 Out of memory, 1 process killed: critical, +1 warning");
  expect(lines.slice(0, 2).map((line) => line.slice(0, 2))).toEqual(["🟥", "⚠️"]);
});

test("the headline names the worst and counts the others, in at most 60 columns", () => {
  const mounts = Array.from({ length: 7 }, (_, index) => ({
    ...full,
    labels: { mount: `/mnt/${"写真".repeat(20)}${index}` },
  }));
  const warning: Transition = { ...full, rule: "swap_used", labels: {}, to: "warning", value: 91, threshold: 90 };
  const over: Transition = { ...warning, kind: "recovered", to: null, from: "warning" };
  const { content } = textsOf(renderAlert({ ...nothing, transitions: [over, warning, ...mounts] }, {}));
  expect(content).toMatch(/^🟥 Disk \/mnt\/(写真)+写?… 97 % full: critical, \+8 more$/u);
  expect(Bun.stringWidth(content)).toBeLessThanOrEqual(60);
});

test("what does not fit beside the others is what was found, not how bad it is", () => {
  const down: Transition = { ...full, rule: "http_down", labels: { check: "Caddy" }, value: 1, threshold: 1 };
  const found = new Map([['http_up{check="Caddy"}', "connection refused"]]);
  const disks = Array.from({ length: 6 }, (_, index) => ({ ...full, labels: { mount: `/${index}` } }));
  const warning: Transition = { ...full, rule: "swap_used", labels: {}, to: "warning", value: 91, threshold: 90 };
  const { content } = textsOf(renderAlert({ ...nothing, found, transitions: [down, ...disks, warning] }, {}));
  expect(content).toBe("🟥 Caddy is down: critical, +6 critical, +1 warning");
});

test("a name that is cut keeps its letters", () => {
  const labels = { unit: `redis-${"server-".repeat(9)}1.service` };
  const { content } = textsOf(
    renderAlert({ ...nothing, transitions: [{ ...full, rule: "service_down", labels }] }, {}),
  );
  expect(content).toMatch(/^🟥 redis-server-.*… is down: critical$/u);
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

test("what does not fit into six lines is counted", () => {
  const transitions = Array.from({ length: 300 }, (_, index) => ({ ...full, labels: { mount: `/mnt/${index}` } }));
  const { lines } = textsOf(renderAlert({ ...nothing, transitions, reasons: ["one", "two", "three"] }, {}));
  expect(lines).toHaveLength(6);
  expect(lines[3]).toBe("🟥 **Disk /mnt/3 97\u00A0% full** · limit 95\u00A0%");
  expect(lines[4]).toBe("one");
  expect(lines[5]).toEndWith("and 296 more");
});

test("one thing with an endless name is told all the same", () => {
  const mount = `/${"x".repeat(4094)}`;
  const message = renderAlert({ ...nothing, transitions: [{ ...full, labels: { mount } }] }, {});
  const { content, lines } = textsOf(message);
  expect(content).toMatch(/^🟥 Disk \/x+… 97 % full: critical$/);
  expect(lines[0]).toStartWith("Disk /xxx");
  expect(violations(message)).toBeUndefined();
});

test("a command with a backtick in it stays in its code span, and a name like a time is a name", () => {
  const { content, lines } = textsOf(
    renderAlert({ ...nothing, transitions: [{ ...full, labels: { mount: "/`a` {1}" } }] }, {}),
  );
  expect(content).toBe("🟥 Disk /\\`a\\` {1} 97 % full: critical");
  expect(lines[0]).toBe("`du -xh '/'a' {1}' | sort -h | tail`");
});
