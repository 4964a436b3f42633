import { expect, test } from "bun:test";

import { testAlert } from "../../lib/commands/testAlert.ts";
import { enqueue } from "../../lib/state/outbox.ts";
import { fakeDiscord, type Script } from "../support/fakeDiscord.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { openFile, start, waitingAlert } from "../support/stateFile.ts";
import { testWorld } from "../support/testWorld.ts";

/** Sends the test alert to a Discord that answers so, on a terminal, behind alerts that wait. */
async function tested(script: readonly Script[], waits: readonly string[] = []) {
  using directory = temporaryDirectory();
  await using discord = await fakeDiscord();
  discord.script(...script);
  const database = openFile(directory.path);
  for (const title of waits) enqueue(database, waitingAlert(title), start);
  database.close();
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const world = testWorld({ env });
  const terminal = { ...world, output: { ...world.output, isTerminal: true } };
  const code: number = await testAlert(terminal, defaultConfig, { stateDir: directory.path });
  return { code, out: world.said.out, errors: world.said.errors };
}

const refusal = { status: 400, body: { code: 50_035, errors: { embeds: { _errors: [{ code: "X" }] } } } };
const arrived = "The test alert has arrived\n";
const notArrived = "the test alert has not arrived, says Discord";

test("an alert that arrives is told as that", async () => {
  expect(await tested([])).toEqual({ code: 0, out: arrived, errors: [] });
});

test.each<[string, readonly Script[], readonly string[], string]>([
  ["every form refused", [refusal, refusal, refusal], [], "refused for good: 400, code 50035"],
  ["not taken now", [{ status: 400, body: { code: 160_006 } }], [], "not delivered: 400, code 160006"],
  ["out of order", [{ status: 502 }, { status: 502 }, { status: 502 }], [], "not delivered: 502"],
  [
    "an earlier alert out, this one not",
    [
      { status: 200, body: { id: "1" } },
      { status: 400, body: { code: 160_006 } },
    ],
    ["earlier"],
    "not delivered: 400, code 160006",
  ],
])("%s: it has not arrived, and that is a failure", async (_, script, waits, problem) => {
  const { code, out, errors } = await tested(script, waits);
  expect({ code, out }).toEqual({ code: 75, out: "" });
  expect(errors).toEqual([expect.stringContaining(problem), notArrived]);
});

test.each([
  [{}, "<@&123456789012345678>"],
  [{ storage_used: { mention: false } }, ""],
])("with the rules %p it mentions: %s", async (rules, mention) => {
  using directory = temporaryDirectory();
  await using discord = await fakeDiscord();
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const config = { ...defaultConfig, rules, alerts: { mention_role: "123456789012345678" } };
  expect<number>(await testAlert(testWorld({ env }), config, { stateDir: directory.path })).toBe(0);
  expect(discord.messages).toMatchObject([{ content: `🟥 Disk / 97\u00A0% full: critical ${mention}`.trim() }]);
});

test("an answer without a word of the message is no arrival", async () => {
  expect(await tested([{ status: 204 }])).toEqual({ code: 75, out: "", errors: [notArrived] });
});
