import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { type Life, nobody, startLife } from "../../faults/life.ts";

/** A port of its own, which a test opens and closes. */
function ownPort() {
  const open = (port: number) => Bun.listen({ hostname: "127.0.0.1", port, socket: { data: () => undefined } });
  let listener: ReturnType<typeof open> | null = open(0);
  const { port } = listener;
  const close = () => {
    listener?.stop(true);
    listener = null;
  };
  return { port, close, reopen: () => void (listener = open(port)), [Symbol.dispose]: close };
}

function settings(life: Life, text: string): readonly string[] {
  const file = join(life.directory, "settings.toml");
  writeFileSync(file, text);
  return ["--config", file];
}

const loud = ({ discord }: Life) =>
  discord.messages.map((message) => JSON.stringify(message)).filter((text) => !text.includes('"flags":4096'));

test("a look every minute and a card every ten share one state: whoever sees it first says it, once", async () => {
  await using life = await startLife();
  using server = ownPort();
  const config = settings(life, `[[tcp]]\nhost = "127.0.0.1"\nport = ${server.port}\nname = "db"\n`);
  const loudAt: number[] = [];
  for (let minute = 0; minute <= 32; minute += 1) {
    if (minute === 8) server.close();
    if (minute === 19) server.reopen();
    const before = loud(life).length;
    const extra = minute % 10 === 0 ? [] : ["--only-changes"];
    expect(await life.run({ arguments: [...config, ...extra] })).toEqual({ status: 0, stdout: "", stderr: "" });
    if (loud(life).length > before) loudAt.push(minute);
    life.pass(1);
  }
  expect(loudAt).toEqual([9, 20]);
  // Cards at 0, 10, 20 and 30.
  expect(life.discord.messages).toHaveLength(6);
  expect(life.discord.messages[2]).toMatchObject({
    embeds: [{ title: expect.stringContaining("db unreachable") }],
  });
}, 300_000);

test("alerts go to a channel of their own, cards stay where they are", async () => {
  await using life = await startLife();
  const environment = { DISCORD_ALERT_WEBHOOK_URL: `${life.discord.webhookUrl}?thread_id=998877665544332211` };
  await life.run({ environment });
  life.pass(60, true);
  await life.run({ environment });
  const channels = life.discord.requests.map(({ path, json }) => [
    path.includes("thread_id"),
    JSON.stringify(json).includes("Rebooted"),
  ]);
  expect(channels).toEqual([
    [false, false],
    [true, true],
    [false, false],
  ]);
});

test("cards make a sound for those who want it", async () => {
  await using life = await startLife();
  await life.run({ arguments: settings(life, "[alerts]\nquiet_cards = false\n") });
  expect(loud(life)).toHaveLength(1);
});

test("the heartbeat hears that all is well, that something is critical, and that a report waits", async () => {
  await using life = await startLife();
  using server = ownPort();
  const heard: string[] = [];
  using watcher = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: ({ url }) => {
      heard.push(new URL(url).pathname);
      return new Response("OK");
    },
  });
  const check = `[[tcp]]\nhost = "127.0.0.1"\nport = ${server.port}\n`;
  const config = settings(life, `heartbeat = "http://127.0.0.1:${watcher.port}/ping/secret"\n${check}`);
  const go = async (environment = {}) => {
    const { stdout, stderr } = await life.run({ arguments: config, environment });
    expect(stdout + stderr).not.toContain("secret");
    life.pass(30);
  };
  await go();
  await go(nobody);
  await go();
  server.close();
  await go();
  await go();
  server.reopen();
  for (let count = 0; count < 3; count += 1) await go();
  expect(heard.map((path) => path.endsWith("/fail"))).toEqual([false, true, false, true, true, true, false, false]);
});
