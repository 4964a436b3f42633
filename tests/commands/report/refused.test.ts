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
  expect(check.stdout).toMatch(/▲ Refused +1 message in the last 7 days: 400, code 50035/);
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

test("a live card whose edit is refused at each run is one dead letter, and told once", async () => {
  await using life = await startLife();
  const run = () => life.run({ arguments: ["--live"] });
  expect((await run()).status).toBe(0);
  for (let look = 0; look < 3; look += 1) {
    life.pass(30);
    life.discord.script(refusal, refusal, refusal);
    expect((await run()).status).toBe(75);
  }
  const { stdout } = await life.run({ command: (program) => [program, "outbox", "--json"] });
  expect(JSON.parse(stdout)).toMatchObject({ waiting: [], dead: [{ kind: "live", route: "discord" }] });
  life.discord.scriptForEver();
  life.pass(30);
  expect((await run()).status).toBe(0);
}, 60_000);

test("the last failure is kept also where the settings are wrong, and of a test alert", async () => {
  await using life = await startLife();
  await life.run();
  const config = join(life.directory, "settings.toml");
  writeFileSync(config, "nmae = 1\n", { mode: 0o600 });
  life.pass(30);
  expect((await life.run({ arguments: ["--config", config] })).status).toBe(78);
  const failure = async () => {
    const { stdout } = await life.run({ command: (program) => [program, "status", "--json"] });
    return (JSON.parse(stdout) as { readonly lastFailure: unknown }).lastFailure;
  };
  expect(await failure()).toMatchObject({ exitCode: 78, reason: expect.stringContaining('"nmae"'), over: false });
  life.pass(30);
  await life.run();
  expect(await failure()).toMatchObject({ exitCode: 78, over: true });
  life.discord.script(refusal, refusal, refusal);
  expect((await life.run({ command: (program) => [program, "test-alert"] })).status).toBe(75);
  expect(await failure()).toMatchObject({
    exitCode: 75,
    reason: expect.stringContaining("refused for good"),
    over: false,
  });
}, 60_000);

test("--dry-run says what would be sent: a card in its slot only, and each route's alert", async () => {
  await using life = await startLife();
  const config = join(life.directory, "settings.toml");
  writeFileSync(config, '[[alerts.also]]\nurl = "https://ntfy.example/secret-topic"\n', { mode: 0o600 });
  const args = ["--config", config, "--card-every", "30m"];
  await life.run({ arguments: args });
  life.pass(5);
  const dry = async () => (await life.run({ arguments: [...args, "--dry-run"] })).stdout;
  expect(await dry()).toBe("no card: this slot of --card-every has one\n");
  life.pass(30, true);
  const due = await dry();
  expect(due).toMatch(/^POST \(.*\n.*Rebooted.*POST \(ntfy\.example\)\n.*"title".*Rebooted.*POST \(.*\n/s);
  expect(due).not.toContain("secret-topic");
}, 60_000);
