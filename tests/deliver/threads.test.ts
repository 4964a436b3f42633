import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { findWebhooks } from "../../lib/settings/webhook.ts";
import { startLife } from "../faults/life.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";

const [thread, other] = ["998877665544332211", "998877665544332212"];

/** A life whose settings file can be written anew. */
async function lifeWithSettings() {
  const life = await startLife();
  const settings = temporaryDirectory();
  const file = join(settings.path, "settings.toml");
  const paths = () =>
    life.discord.requests.map(({ method, path }) => `${method} ${path.replace(/^.*\/webhooks\/\d+\/[^/?]+/, "")}`);
  return {
    ...life,
    paths,
    set: (toml: string) => writeFileSync(file, toml),
    go: (...words: readonly string[]) => life.run({ arguments: ["--config", file, ...words] }),
  };
}

test("messages go into the thread that the settings name", async () => {
  await using life = await lifeWithSettings();
  life.set(`thread_id = "${thread}"`);
  expect(await life.go()).toMatchObject({ status: 0, stderr: "" });
  expect(life.paths()).toEqual([`POST ?wait=true&thread_id=${thread}`]);
  expect((await life.go("--dry-run")).stdout).toStartWith(`POST (webhook 112233445566778899, thread ${thread})\n`);
});

test("a live card is edited in its thread, and another thread gets a card of its own", async () => {
  await using life = await lifeWithSettings();
  life.set(`mode = "live"\nthread_id = "${thread}"`);
  await life.go();
  life.discord.scriptForEver({ status: 200, body: { id: "9" } });
  life.pass(30);
  await life.go();
  life.set(`mode = "live"\nthread_id = "${other}"`);
  life.pass(30);
  await life.go();
  expect(life.paths()).toEqual([
    `POST ?wait=true&thread_id=${thread}`,
    `PATCH /messages/9000000000000000001?thread_id=${thread}`,
    `POST ?wait=true&thread_id=${other}`,
  ]);
});

test("an archived thread takes no edit, so that the card is posted anew, which opens it", async () => {
  await using life = await lifeWithSettings();
  life.set(`mode = "live"\nthread_id = "${thread}"`);
  await life.go();
  life.discord.script({ status: 400, body: { code: 50_083, message: "Thread is archived" } });
  life.pass(30);
  expect(await life.go()).toMatchObject({ status: 0, stderr: "" });
  expect(life.paths().map((path) => path.slice(0, 5))).toEqual(["POST ", "PATCH", "POST "]);
});

test.each([
  ["gone", 404, 10_003, 69, "thread is gone; set another thread_id"],
  ["missing in a forum", 400, 220_001, 69, "is a forum; set thread_id"],
  ["locked", 400, 160_005, 75, "the thread is locked; unlock it"],
])(
  "a thread that is %s is said, nothing is lost, and another one is written to at once",
  async (_, status, code, exit, says) => {
    await using life = await lifeWithSettings();
    life.set(`thread_id = "${thread}"`);
    life.discord.scriptForEver({ status, body: { code, message: "no" } });
    expect(await life.go()).toMatchObject({ status: exit, stderr: expect.stringContaining(says) });
    life.pass(30);
    life.discord.scriptForEver();
    life.set(`thread_id = "${other}"`);
    expect(await life.go()).toMatchObject({ status: 0 });
    expect(life.discord.messages).toHaveLength(2);
  },
);

test("an answer to a new message that only an edit can have does not go on for ever", async () => {
  await using life = await lifeWithSettings();
  life.set("");
  life.discord.scriptForEver({ status: 404, body: { code: 10_008, message: "Unknown Message" } });
  expect(await life.go()).toMatchObject({ status: 75 });
  expect(life.discord.requests).toHaveLength(1);
});

test("alerts with a channel of their own have threads of their own", () => {
  const [own, alerts] = [
    "https://discord.com/api/webhooks/112233445566778899/a",
    "https://discord.com/api/webhooks/112233445566778898/b",
  ];
  const config = { ...defaultConfig, threadId: thread };
  const channelsOf = (env: Readonly<Record<string, string>>) => {
    const found = findWebhooks(env, {}, config);
    return found.ok ? [found.value.cards.threadId, found.value.alerts.threadId] : [];
  };
  expect(channelsOf({ DISCORD_WEBHOOK_URL: `${own}?thread_id=${other}` })).toEqual([thread, thread]);
  expect(channelsOf({ DISCORD_WEBHOOK_URL: own, DISCORD_ALERT_WEBHOOK_URL: alerts })).toEqual([thread, undefined]);
});
