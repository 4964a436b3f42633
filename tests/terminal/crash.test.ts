import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

import { selfSigned } from "../support/certificate.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { lacking, openssl } from "../support/programNeeds.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { buildWatched, type Watched } from "../support/watched.ts";

/** A module that breaks the program at the place, and in the way, that SABOTAGE names. */
const sabotage = `import { readBaked } from "./settings/baked.ts";

const address = readBaked().webhook ?? "";
const token = address.split(/[/?]/).at(-2) ?? "";
class Hostile extends Error { get message(): string { throw new Error(address); } }

const bugs: Record<string, () => void> = {
  throw: () => { throw new Error("cannot post to " + address, { cause: new Error(address) }); },
  "throw at the top": () => { throw new Error(address); },
  "throw in a renderer": () => { throw new TypeError(address + " is not a function"); },
  "throw the token alone": () => { throw new Error("no such token: " + token); },
  "throw a text": () => { throw address; },
  "throw an object": () => { throw { url: address, message: address }; },
  "throw nothing": () => { throw undefined; },
  "throw the settings in a renderer": () => { throw new Error(process.env["TOLD"]); },
  "throw an error that throws": () => { throw new Hostile(); },
  "throw many": () => { throw new AggregateError([new Error(address)], address); },
  "throw in a callback": () => { queueMicrotask(() => { throw new Error(address); }); },
  reject: () => { void Promise.reject(new Error(address)); },
  recurse: () => { const again = (text: string): string => again(text + address.at(-1)) + text; again(address); },
};

export function sabotage(...ways: string[]): void {
  const way = process.env["SABOTAGE"] ?? "";
  if (ways.includes(way)) bugs[way]?.();
}
export const inMain = Object.keys(bugs).filter((way) => !/top|renderer/.test(way));
export function fetchFailed(error: unknown): void {
  if (process.env["SABOTAGE"] === "let fetch throw") throw error;
}
sabotage("throw at the top");
`;

/** A source file with a line after, or in front of, one of its own. */
function patched(path: string, line: string, replacement: string): Record<string, string> {
  const source = readFileSync(join(projectRoot, path), "utf8");
  const result = source.replace(line, () => replacement);
  if (result === source) throw new Error(`${path} has no longer a line ${line}`);
  return { [path]: result };
}

function calling(path: string, line: string, call: string): Record<string, string> {
  const from = `./${relative(dirname(path), "lib/sabotage.ts")}`;
  const [entry] = Object.entries(patched(path, line, `${line}\n${call}`));
  const [name = "", source = ""] = entry ?? [];
  return { [name]: `import { fetchFailed, inMain, sabotage } from "${from}";\n${source}` };
}

const withoutOpenssl = lacking(openssl);

let broken: Watched;
beforeAll(async () => {
  broken = await buildWatched({
    "lib/sabotage.ts": sabotage,
    ...calling("lib/main.ts", "export async function main(world: Outside): Promise<number> {", "sabotage(...inMain);"),
    ...calling(
      "lib/render/discord/card.ts",
      "export function renderCard(report: Report, hasChart = false): DiscordMessage {",
      'sabotage("throw in a renderer", "throw the settings in a renderer");',
    ),
    ...calling("lib/deliver/request.ts", "} catch (error) {", "fetchFailed(error);"),
  });
});
afterAll(async () => broken[Symbol.asyncDispose]());

const report = ["report", "--sample", "0", "--state-dir", "none"];

test("the broken build works until it is told how to break", async () => {
  expect(await broken.run(report)).toEqual({ status: 0, stdout: "", stderr: "" });
});

test.each([
  "throw",
  "throw at the top",
  "throw in a renderer",
  "throw the token alone",
  "throw a text",
  "throw an object",
  "throw nothing",
  "throw an error that throws",
  "throw many",
  "throw in a callback",
  "reject",
  "recurse",
])("a bug of the kind '%s' ends with 70, one message and no token", async (way) => {
  const { status, stdout, stderr } = await broken.run(report, { env: { SABOTAGE: way } });
  expect(stderr).toMatch(/^server-metrics: bug: .*\n( +at .*\n)*$/);
  expect(stdout).toBe("");
  expect(status).toBe(70);
});

test("a bug that shows a setting does not show what is secret in it", async () => {
  using directory = temporaryDirectory();
  const file = join(directory.path, "a.toml");
  writeFileSync(file, 'heartbeat = "http://127.0.0.1:9/ping/11112222-3333-4444"\n');
  const env = { SABOTAGE: "throw the settings in a renderer", TOLD: "no answer from /ping/11112222-3333-4444/fail" };
  const { status, stderr } = await broken.run([...report, "--config", file], { env });
  expect(stderr).toStartWith("server-metrics: bug: Error: no answer from [secret]/fail\n");
  expect(status).toBe(70);
});

/** What makes fetch fail, and what the program says of it. */
const failures: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ["a refused port", { HTTP_PROXY: "http://127.0.0.1:1" }, "connection refused"],
  ["a SOCKS proxy", { HTTP_PROXY: "socks5://127.0.0.1:1" }, "is not an http or https URL"],
  ["a proxy that is no URL", { HTTP_PROXY: "http://" }, "not delivered"],
];

describe.each(failures)("when fetch fails because of %s", (_, env, says) => {
  test("the message is not delivered, and the token not said", async () => {
    const { status, stderr } = await broken.run(report, { env });
    expect(stderr).toContain(says);
    expect(status).toBe(75);
  });

  test("and nobody catches the error, it is a bug, and the token is not said", async () => {
    const { status, stderr } = await broken.run(report, { env: { ...env, SABOTAGE: "let fetch throw" } });
    expect(stderr).toStartWith("server-metrics: bug: ");
    expect(status).toBe(70);
  });
});

test.skipIf(withoutOpenssl !== "").each([
  ["a certificate that nobody vouches for", {}],
  ["a SOCKS proxy in front of TLS", { HTTPS_PROXY: "socks5://127.0.0.1:1" }],
])(`the error of %s does not say the token, even when nobody catches it${withoutOpenssl}`, async (_, variables) => {
  await using impostor = await fakeDiscord(selfSigned());
  const env = { DISCORD_WEBHOOK_URL: impostor.webhookUrl, SERVER_METRICS_ALLOW_HOST: impostor.host, ...variables };
  const { status, stderr } = await broken.run(report, { env: { ...env, SABOTAGE: "let fetch throw" } });
  expect(stderr).toStartWith("server-metrics: bug: ");
  expect(status).toBe(70);
});
