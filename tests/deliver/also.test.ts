import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";

import { report } from "../../lib/commands/report/report.ts";
import { testAlert } from "../../lib/commands/testAlert.ts";
import { outcomeOfStatus } from "../../lib/deliver/also.ts";
import { decide, fileLayer } from "../../lib/settings/config.ts";
import { secretsOf } from "../../lib/settings/secrets.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { temporaryDirectory } from "../support/project.ts";
import { openFile } from "../support/stateFile.ts";
import { testWorld } from "../support/testWorld.ts";

/** The settings in a text; throws with what is wrong with them. */
function settings(text: string) {
  const decided = decide([fileLayer(Bun.TOML.parse(text), "a.toml")]);
  if (!decided.ok) throw new Error(decided.problems.join("\n"));
  return decided.value;
}

/** A service that checks a request as its documentation says, and answers so. */
function service(check: (request: Request) => Promise<Response>) {
  const bodies: string[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: async (request) => {
      bodies.push(await request.clone().text());
      return check(request);
    },
  });
  return { bodies, at: `http://127.0.0.1:${server.port}`, [Symbol.dispose]: () => void server.stop(true) };
}

const refuse = (status: number) => new Response("no", { status });

/** https://docs.ntfy.sh/publish/#publish-as-json */
const ntfy = async (request: Request) => {
  const { topic, title, message, priority } = Object(await request.json()) as Record<string, unknown>;
  const isRight = topic === "alerts" && typeof title === "string" && typeof message === "string";
  const isPriority = typeof priority === "number" && priority >= 1 && priority <= 5;
  return isRight && isPriority && new URL(request.url).pathname === "/" ? Response.json({ id: "x" }) : refuse(400);
};

/** https://api.slack.com/messaging/webhooks */
const slack = async (request: Request) => {
  const { text } = Object(await request.json()) as Record<string, unknown>;
  const isJson = request.headers.get("content-type") === "application/json";
  return isJson && typeof text === "string" ? new Response("ok") : refuse(400);
};

/** https://misskey-hub.net/en/docs/for-developers/api/ */
const misskey = async (request: Request) => {
  if (request.headers.get("authorization") !== "Bearer the-misskey-secret") return refuse(401);
  const { text, visibility } = Object(await request.json()) as Record<string, unknown>;
  const isNote = typeof text === "string" && text.length <= 3000 && visibility === "followers";
  return isNote ? Response.json({ createdNote: { id: "9" } }) : refuse(400);
};

const recipes = Array.from(
  readFileSync(new URL("../../lib/deliver/README.md", import.meta.url), "utf8").matchAll(
    /^\[\[alerts\.also\]\][^[]*?(?=\n\n|\n```)/gms,
  ),
  ([whole]) => whole,
);

/** A recipe of the README, aimed at a stand-in. */
function recipe(name: string, at: string): string {
  const found = recipes.find((one) => one.includes(name)) ?? "";
  return found
    .replace(/url = "https:\/\/[^/"]+/, `url = "${at}`)
    .replace("YOUR-TOPIC", "alerts")
    .replace("TOKEN", "the-misskey-secret")
    .replace("\n", `\nname = "${name}"\n`);
}

test("each recipe is a valid setting", () => {
  expect(recipes).toHaveLength(6);
  for (const one of recipes) expect(settings(one).alerts.also).toHaveLength(1);
});

test("an alert goes to ntfy, Slack and Misskey although Discord is out of order, and waits for each by itself", async () => {
  using home = temporaryDirectory();
  await using discord = await fakeDiscord();
  discord.scriptForEver({ status: 502 });
  using toNtfy = service(ntfy);
  let isSlackUp = false;
  using toSlack = service(async (request) => (isSlackUp ? slack(request) : refuse(503)));
  using toMisskey = service(misskey);
  const config = settings(
    [recipe("ntfy", toNtfy.at), recipe("Slack", toSlack.at), recipe("Misskey", toMisskey.at)].join("\n\n"),
  );
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const world = testWorld({ env });
  expect<number>(await testAlert(world, config, { stateDir: home.path })).toBe(75);
  expect(world.said.errors.join("\n")).toMatch(/arrived, as far as Discord says\n.*arrived, as far as Slack says$/);
  expect([toNtfy.bodies.length, toMisskey.bodies.length]).toEqual([1, 1]);
  expect(JSON.parse(toNtfy.bodies[0] ?? "")).toMatchObject({
    title: expect.stringContaining("Disk / 97 % full: critical"),
    priority: 5,
  });
  expect(JSON.stringify(world.said)).not.toContain("the-misskey-secret");

  isSlackUp = true;
  discord.scriptForEver();
  const sent = toSlack.bodies.length;
  await report(testWorld({ env }), config, { stateDir: home.path, onlyChanges: "" });
  expect(toSlack.bodies).toHaveLength(sent + 1);
  expect(toSlack.bodies.at(-1)).toContain("Disk / 97 %");
  expect([toNtfy.bodies.length, toMisskey.bodies.length]).toEqual([1, 1]);
  using database = openFile(home.path);
  expect(database.query("SELECT * FROM outbox").all()).toEqual([]);
});

test.each([
  ['[[alerts.also]]\nbody = "x"', "expected it to be set"],
  ['[[alerts.also]]\nurl = "https://a.example/secret"\nbody = \'{"a": {title}}\'', "JSON in the body"],
  ['[[alerts.also]]\nurl = "https://a.example/secret"\nbody = "{who}"', "only {id}, {name}"],
  ['[[alerts.also]]\nurl = "https://a.example/1"\n[[alerts.also]]\nurl = "https://a.example/2"', "a name of its own"],
])("wrong settings are told, and no secret with them: %j", (text, problem) => {
  expect(() => settings(text)).toThrow(problem);
  expect(() => settings(text)).not.toThrow("secret");
});

test("address, headers and body are concealed", () => {
  const text = `[[alerts.also]]\nurl = "https://a.example/bot0123456789abcdefgh/x"\nheaders = { A = "Bearer abcdefghijklmnopqrst" }
body = '{"i": "zyxwvutsrqponmlkjihg", "text": "{text}"}'`;
  const secrets = secretsOf(settings(text));
  for (const one of ["bot0123456789abcdefgh", "abcdefghijklmnopqrst", "zyxwvutsrqponmlkjihg"])
    expect(secrets).toContain(one);
});

test("only a message that is found bad three times is given up", () => {
  const kinds = (status: number) => [0, 3].map((attempts) => outcomeOfStatus("a", status, attempts, undefined).kind);
  expect(kinds(200)).toEqual(["delivered", "delivered"]);
  for (const status of [400, 413, 422]) expect(kinds(status)).toEqual(["deferred", "rejected"]);
  for (const status of [401, 403, 404, 410]) expect(kinds(status)).toEqual(["deferred", "deferred"]);
  for (const status of [302, 429, 500, 502, 503]) expect(kinds(status)).toEqual(["retry", "retry"]);
});
