import { expect, test } from "bun:test";

import { digestOf } from "../../../lib/past/digest.ts";
import { renderAlert } from "../../../lib/render/discord/alert.ts";
import { lesserForm, markAsRepeat, plain } from "../../../lib/render/discord/amend.ts";
import { renderCard } from "../../../lib/render/discord/card.ts";
import { renderDigest } from "../../../lib/render/discord/digest.ts";
import { en } from "../../../lib/words/en.ts";
import { startLife } from "../../faults/life.ts";
import { disk, reportOf } from "../../support/reports.ts";

const atMs = Date.parse("2026-07-10T12:00:00Z");
const card = renderCard(reportOf({}, "web-1"));
const reboot = { kind: "rebooted", severity: "notice", fromMs: null, toMs: atMs } as const;
const news = { name: "web-1", nowMs: atMs, transitions: [], events: [reboot], reasons: [], words: en };

const messages: readonly [string, unknown][] = [
  ["card", card],
  ["card with bad news", renderCard(reportOf({ storage: [disk("/", 97)] }, "web-1"))],
  ["digest", renderDigest("web-1", digestOf(atMs, []), 0, en)],
  ["repeat", markAsRepeat(card, "#abcde", en)],
  ["plain message in place of a refused one", plain(card, "400", en)],
];

const alert = renderAlert(news, {});

test.each([...messages.slice(0, 4), ["alert", alert]] as const)(
  "many machines, one channel: the sender of a %s is the machine",
  (_, message) => {
    expect(message).toMatchObject({ username: "web-1" });
  },
);

test("a card whose name Discord takes for its own has it in the footer", () => {
  expect(renderCard(reportOf({}, "everyone")).embeds[0]?.footer?.text).toBe("everyone · Ubuntu 24.04 · up 23 d");
});

test("an alert whose name Discord refuses has it in small print, in the plain form too", () => {
  const nameless = lesserForm(alert, { picture: false, isPlain: false }, "name", "400", en);
  expect(nameless?.body).toMatchObject({
    content: "🔵 Rebooted",
    embeds: [{ footer: { text: "web-1 · name left out (400)" } }],
  });
  const last = lesserForm(nameless?.body, { picture: false, isPlain: false }, "body", "400", en);
  expect(last).toMatchObject({
    isPlain: true,
    body: { content: "🔵 Rebooted", embeds: [{ footer: { text: expect.stringContaining("web-1") } }] },
  });
  expect(renderAlert({ ...news, name: "everyone" }, {}).embeds[0]?.footer?.text).toBe("everyone");
});

test("the example of test-alert has the name as well", async () => {
  await using life = await startLife();
  await life.run({ arguments: ["--name", "web-1"], command: (program) => [program, "test-alert", "--name", "web-1"] });
  expect(life.discord.messages).toMatchObject([
    { username: "web-1 TEST", content: "🟥 Disk / 97\u00A0% full: critical" },
  ]);
});
