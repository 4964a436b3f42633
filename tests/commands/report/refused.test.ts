import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { startLife } from "../../faults/life.ts";

const refusal = { status: 400, body: { code: 50_035, errors: { embeds: { _errors: [{ code: "X" }] } } } };

test("a message that is refused in every form: exit 75, one line, /fail, a note in one card, a row of check", async () => {
  await using life = await startLife();
  const pings: string[] = [];
  const answer = ({ url }: Request) => (pings.push(new URL(url).pathname), new Response("OK"));
  using monitor = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const config = join(life.directory, "settings.toml");
  writeFileSync(config, `heartbeat = "http://127.0.0.1:${monitor.port}/uuid"\n`, { mode: 0o600 });
  const run = () => life.run({ arguments: ["--config", config] });

  life.discord.script(refusal, refusal, refusal);
  const line = "server-metrics: refused for good: 400, code 50035: Discord refuses the message at embeds: X; ";
  expect(await run()).toEqual({ status: 75, stdout: "", stderr: `${line}1 message, see server-metrics outbox\n` });
  expect(life.discord.messages).toEqual([]);
  expect(pings).toEqual(["/uuid/fail"]);

  life.pass(30);
  expect(await run()).toEqual({ status: 0, stdout: "", stderr: "" });
  const note = "1 message refused for good, see server-metrics outbox: 400, code 50035";
  expect(JSON.stringify(life.discord.messages)).toContain(note);
  expect(pings).toEqual(["/uuid/fail", "/uuid"]);

  life.pass(30);
  await run();
  expect(JSON.stringify(life.discord.messages[1])).not.toContain("refused for good");

  const check = await life.run({ command: (program) => [program, "check", "--config", config] });
  expect(check.status).toBe(75);
  expect(check.stdout).toMatch(/■ Refused +1 message of the last 7 days: 400, code 50035/);
}, 60_000);

test("an alert that the moment refuses is neither lost nor told of as delivered", async () => {
  await using life = await startLife();
  await life.run();
  life.pass(60, true);
  life.discord.script({ status: 400, body: { code: 160_006 } }, { status: 400, body: { code: 160_006 } });
  expect(await life.run()).toMatchObject({ status: 75, stderr: expect.stringContaining("160006") });
  expect(life.discord.messages).toHaveLength(1);
  life.pass(30);
  expect(await life.run()).toMatchObject({ status: 0 });
  expect(JSON.stringify(life.discord.messages[1])).toContain("Rebooted");
}, 60_000);
