import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { report } from "../../../lib/commands/report/report.ts";
import { openCaptured } from "../../../lib/host/captured.ts";
import type { Flags } from "../../../lib/cli/parse.ts";
import { fakeDiscord } from "../../support/fakeDiscord.ts";
import { defaultConfig } from "../../support/measure.ts";
import { machinesDirectory, temporaryDirectory } from "../../support/project.ts";
import { testWorld } from "../../support/testWorld.ts";

const user = "112233445566778899";

/** Twelve looks, five minutes apart, at a machine with a degraded array: the exit codes, and each message with the minute. */
async function looked(flags: Flags, prepare: (stateDir: string) => void = () => undefined) {
  using home = temporaryDirectory();
  await using discord = await fakeDiscord();
  const stateDir = join(home.path, "state");
  prepare(stateDir);
  const env = {
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    SERVER_METRICS_ALLOW_HOST: discord.host,
    RUNTIME_DIRECTORY: join(home.path, "run"),
  };
  const config = { ...defaultConfig, sampleSeconds: 0, alerts: { mention_user: user } };
  const codes = new Set<number>();
  const messages: { readonly minute: number; readonly text: string }[] = [];
  for (let minute = 0; minute < 60; minute += 5) {
    const takenAt = new Date(Date.parse("2026-08-01T12:07:00Z") + minute * 60_000).toISOString();
    writeFileSync(
      join(home.path, "machine.json"),
      JSON.stringify({ base: join(machinesDirectory, "degraded-raid"), takenAt }),
    );
    const before = discord.messages.length;
    const world = testWorld({ env, machine: openCaptured(home.path) });
    codes.add(await report(world, config, { ...flags, stateDir }));
    messages.push(...discord.messages.slice(before).map((one) => ({ minute, text: JSON.stringify(one) })));
  }
  const minutesOf = (word: string) => messages.filter(({ text }) => text.includes(word)).map(({ minute }) => minute);
  return {
    codes: [...codes],
    mentioned: minutesOf(`<@${user}>`),
    cards: minutesOf('"flags":4096'),
    all: messages.length,
  };
}

const file = (stateDir: string) => writeFileSync(stateDir, "no directory");
const cardEvery = { cardEvery: "30m" };

test("with a state a card comes in each slot of the clock, and an alert once", async () => {
  expect(await looked(cardEvery)).toMatchObject({ codes: [0], mentioned: [0], cards: [0, 25, 55] });
}, 60_000);

test("with an unusable state no look repeats an alert within the slot, and only the first mentions somebody", async () => {
  expect(await looked(cardEvery, file)).toEqual({ codes: [73], mentioned: [0], cards: [0, 25, 55], all: 6 });
}, 60_000);

test("looks for changes only tell it once in half an hour", async () => {
  expect(await looked({ onlyChanges: "" }, file)).toEqual({ codes: [73], mentioned: [0], cards: [], all: 3 });
}, 60_000);

test("a directory in the place of the state file is no state either", async () => {
  const prepare = (stateDir: string) => void mkdirSync(join(stateDir, "state.db"), { recursive: true, mode: 0o700 });
  expect(await looked(cardEvery, prepare)).toMatchObject({ mentioned: [0], all: 6 });
}, 60_000);

test.each(["", "0m", "7m", "30", "2d", "-30m", "99999m"])("a card every %j is refused in words", async (typed) => {
  const world = testWorld({
    env: { DISCORD_WEBHOOK_URL: "https://discord.com/api/webhooks/112233445566778899/token" },
  });
  const code: number = await report(world, defaultConfig, { cardEvery: typed, stateDir: "none" });
  expect(code).toBe(64);
  const expected = "--card-every: expected a time that divides a day, such as 30m or 2h, got";
  expect(world.said.errors).toEqual([`${expected} ${JSON.stringify(typed)}`]);
});
