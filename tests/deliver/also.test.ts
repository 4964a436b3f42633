import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";

import { report } from "../../lib/commands/report/report.ts";
import { testAlert } from "../../lib/commands/testAlert.ts";
import { outcomeOfStatus, probeRoute } from "../../lib/deliver/also.ts";
import { renderPlainAlert } from "../../lib/render/plainAlert.ts";
import { fill } from "../../lib/settings/also.ts";
import { decide, fileLayer } from "../../lib/settings/decide.ts";
import { secretsOf } from "../../lib/settings/secrets.ts";
import { deadLetters, untoldDeadLetters } from "../../lib/state/deadLetters.ts";
import { waiting } from "../../lib/state/outbox.ts";
import { enqueueRouted, trimRoutes } from "../../lib/state/routes.ts";
import { ja } from "../../lib/words/ja.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { temporaryDirectory } from "../support/project.ts";
import { inMemory, openFile, start } from "../support/stateFile.ts";
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

/** https://docs.ntfy.sh/publish/#publish-as-json and its limits; errors as in ntfy's `server/errors.go`. */
const ntfy = async (request: Request) => {
  const fail = (code: number) =>
    Response.json({ code, http: Math.floor(code / 100) }, { status: Math.floor(code / 100) });
  if (request.method !== "POST" && request.method !== "PUT") return fail(40_401);
  if (new URL(request.url).pathname !== "/") return fail(40_401);
  const { topic, title, message, priority } = Object(await request.json()) as Record<string, unknown>;
  if (topic !== "alerts") return fail(40_009);
  if (typeof title !== "string" || typeof message !== "string") return fail(40_017);
  if (!Number.isInteger(priority) || Number(priority) < 1 || Number(priority) > 5) return fail(40_007);
  // A longer message becomes an attachment.
  if (Buffer.byteLength(message) > 4096) return fail(41_301);
  return Response.json({ id: "sPs71M8A2T", time: 1, expires: 2, event: "message", topic, title, message, priority });
};

/**
 * https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks. What it refuses it says in a word of plain text,
 * with 400, 403, 404 or 410: https://api.slack.com/changelog/2016-05-17-changes-to-errors-for-incoming-webhooks.
 */
const slack = async (request: Request) => {
  if (!/^\/services\/T\w+\/B\w+\/\w+$/.test(new URL(request.url).pathname))
    return new Response("no_service", { status: 404 });
  const isJson = request.headers.get("content-type")?.startsWith("application/json") === true;
  const { text } = Object(isJson ? await request.json() : {}) as Record<string, unknown>;
  if (request.method !== "POST" || !isJson) return new Response("invalid_payload", { status: 400 });
  return typeof text === "string" && text !== "" ? new Response("ok") : new Response("no_text", { status: 400 });
};

/**
 * https://misskey-hub.net/en/docs/for-developers/api/: `ApiCallService` and `notes/create` of Misskey. Version 13 took the token
 * from the body alone, and answered 403 to a wrong one.
 */
const misskeyOf = (version: 13 | 2025) => async (request: Request) => {
  const fail = (status: number, code: string) => Response.json({ error: { message: "", code, id: "" } }, { status });
  if (request.method !== "POST" || !new URL(request.url).pathname.startsWith("/api/")) return refuse(404);
  const body = Object(await request.json()) as Record<string, unknown>;
  const bearer = /^Bearer (.*)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  const token = (version === 13 ? undefined : bearer) ?? body["i"];
  if (token === undefined) return fail(401, "CREDENTIAL_REQUIRED");
  if (token !== "the-misskey-secret") return fail(version === 13 ? 403 : 401, "AUTHENTICATION_FAILED");
  const { text, visibility } = body;
  const isNote = typeof text === "string" && text.trim() !== "" && [...text.trim()].length <= 3000;
  const isSeen = ["public", "home", "followers", "specified"].includes(String(visibility));
  return isNote && isSeen ? Response.json({ createdNote: { id: "9", text } }) : fail(400, "INVALID_PARAM");
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
  using toMisskey = service(misskeyOf(2025));
  const config = settings(
    [recipe("ntfy", toNtfy.at), recipe("Slack", toSlack.at), recipe("Misskey", toMisskey.at)].join("\n\n"),
  );
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const world = testWorld({ env });
  expect<number>(await testAlert(world, config, { stateDir: home.path })).toBe(75);
  expect(world.said.errors.join("\n")).toMatch(/arrived, says Discord\n.*arrived, says Slack$/);
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

test.each([13, 2025] as const)("the recipe for Misskey is a note in version %d, too", async (version) => {
  using home = temporaryDirectory();
  await using discord = await fakeDiscord();
  using toMisskey = service(misskeyOf(version));
  const config = settings(recipe("Misskey", toMisskey.at));
  const world = testWorld({
    env: { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host },
  });
  expect<number>(await testAlert(world, config, { stateDir: home.path })).toBe(0);
  expect(toMisskey.bodies).toHaveLength(1);
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

test("the longest alert fits each service, in Japanese, too", async () => {
  const announcement = {
    name: "サーバー",
    nowMs: 0,
    transitions: [],
    events: [{ kind: "killed", severity: "critical", count: 1 } as const],
    reasons: Array.from({ length: 99 }, () => "ディスクが満杯です".repeat(99)),
    words: ja,
  };
  const { title, text } = renderPlainAlert(announcement);
  expect(Buffer.byteLength(text)).toBeGreaterThan(3900);
  expect(text).not.toContain("\uFFFD");
  const values = { id: "1", name: "a", severity: "notice", priority: "3", title, text };
  for (const [name, check] of [
    ["ntfy", ntfy],
    ["Slack", slack],
    ["Misskey", misskeyOf(13)],
  ] as const) {
    const [route] = settings(recipe(name, "http://127.0.0.1")).alerts.also ?? [];
    const { url = "", headers = {}, body = "" } = route ?? {};
    const request = new Request(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...headers },
      body: fill(body, values, "json"),
    });
    expect([name, (await check(request)).status]).toEqual([name, 200]);
  }
});

test("what waits too long, or for a route that is set no more, becomes a dead letter that is told", () => {
  using database = inMemory();
  for (let alert = 0; alert < 103; alert += 1) enqueueRouted(database, { route: "ntfy.sh", body: { alert } }, start);
  enqueueRouted(database, { route: "gone.example", body: {} }, start);
  trimRoutes(database, ["ntfy.sh"]);
  expect(waiting(database)).toHaveLength(100);
  expect(deadLetters(database).map(({ route, reason }) => [route, reason])).toEqual([
    ["gone.example", "its route is no longer in the settings"],
    ...Array.from({ length: 3 }, () => ["ntfy.sh", "100 newer ones wait for ntfy.sh"]),
  ]);
  expect(untoldDeadLetters(database)?.note).toMatchObject({ kind: "refused", count: 4 });
});

test("check looks whether a route can be reached, sends nothing to it, and shows no secret", async () => {
  using up = service(ntfy);
  const urls = [`${up.at}/secret-a`, "http://127.0.0.1:9/secret-b"];
  const routes = settings(urls.map((url) => `[[alerts.also]]\nurl = "${url}"\n`).join("")).alerts.also ?? [];
  const said = await Promise.all(routes.map(async (route) => probeRoute(route, testWorld())));
  expect(said[0]).toBeNull();
  expect(said[1]).toContain("refused");
  expect(up.bodies).toEqual([""]);
  expect(JSON.stringify(said)).not.toContain("secret");
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
