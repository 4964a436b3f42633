import { expect, test } from "bun:test";

import { check } from "../../../lib/commands/check.ts";
import { report } from "../../../lib/commands/report/report.ts";
import { fakeDiscord } from "../../support/fakeDiscord.ts";
import { defaultConfig } from "../../support/measure.ts";
import { temporaryDirectory } from "../../support/project.ts";
import { testWorld } from "../../support/testWorld.ts";

test("a heartbeat that nobody takes is told in the next card once a day, and by check", async () => {
  using home = temporaryDirectory();
  await using discord = await fakeDiscord();
  let status = 404;
  using monitor = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response("not found", { status }) });
  const heartbeat = `http://127.0.0.1:${monitor.port}/ping/00000000-secret`;
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const config = { ...defaultConfig, heartbeat };
  const run = async () => {
    const world = testWorld({ env });
    expect<number>(await report(world, config, { stateDir: home.path })).toBe(0);
    expect(world.said.errors).toEqual([]);
    return JSON.stringify(discord.messages.at(-1)).includes("The heartbeat failed: answered 404");
  };
  const rows = async () => {
    const world = testWorld({ env });
    await check(world, { stateDir: home.path }, { ok: true, value: config, file: null });
    expect(world.said.out).not.toContain("00000000-secret");
    return world.said.out.split("\n").filter((line) => line.includes("Heartbeat"));
  };
  const told: boolean[] = [];
  for (const _ of ["first", "second", "third"]) told.push(await run());
  expect(told).toEqual([false, true, false]);
  expect((await rows()).join("\n")).toMatch(/^▲ Heartbeat {2}127\.0\.0\.1:\d+: failing for .*: answered 404$/);
  status = 200;
  await run();
  expect(await rows()).toEqual([`  Heartbeat  to 127.0.0.1:${monitor.port}`]);
  expect(await run()).toBe(false);
});
