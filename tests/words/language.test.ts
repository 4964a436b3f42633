import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { exitCodes } from "../../lib/exit.ts";
import { openCaptured } from "../../lib/host/captured.ts";
import { main } from "../../lib/main.ts";
import { machinesDirectory, projectRoot, run, temporaryDirectory } from "../support/project.ts";
import { testWorld } from "../support/testWorld.ts";

type Environment = Readonly<Record<string, string>>;

const japanese = { LANG: "ja_JP.UTF-8" };

/** What a command says on a captured machine, or what it posts. */
async function say(argv: readonly string[], env: Environment, toml = "", isTerminal = false) {
  using directory = temporaryDirectory();
  const posted: string[] = [];
  const world = testWorld({
    argv: [...argv, "--state-dir", directory.path],
    env: { DISCORD_WEBHOOK_URL: `https://discord.com/api/webhooks/123456789012345678/${"x".repeat(68)}`, ...env },
    machine: openCaptured(join(machinesDirectory, "vps-tokyo")),
    readText: async () => toml,
    fetch: async (_url, { body }) => {
      posted.push(await new Response(body ?? "").text());
      return Response.json({ id: "1" });
    },
  });
  expect(await main({ ...world, output: { ...world.output, isTerminal } })).toBe(exitCodes.ok);
  return `${world.said.out}${posted.join("\n")}`;
}

test.each<[string, Environment, string, boolean]>([
  ["the locale", japanese, "", true],
  ["LC_ALL before LANG", { LC_ALL: "ja_JP.eucJP", LANG: "C" }, "", true],
  ["LC_MESSAGES before LANG", { LC_MESSAGES: "C", LANG: "ja_JP.UTF-8" }, "", false],
  ["another locale", { LANG: "jam_JM.UTF-8" }, "", false],
  ["no locale", {}, "", false],
  ["the settings before the locale", japanese, 'language = "en"', false],
  ["the settings", {}, 'language = "ja"', true],
  ["the environment before the settings", { SERVER_METRICS_LANGUAGE: "ja" }, 'language = "en"', true],
  ["an empty variable as none", { SERVER_METRICS_LANGUAGE: "" }, 'language = "ja"', true],
])("show follows %s", async (_, env, toml, isJapanese) => {
  const text = await say(["show", "--sample", "0"], env, toml);
  expect([text.includes("メモリ"), text.includes("Memory")]).toEqual([isJapanese, !isJapanese]);
});

test("a card is English whatever the locale is, because cron has another one, and Japanese by the settings", async () => {
  expect(await say(["report", "--sample", "0"], japanese)).toContain("All well");
  expect(await say(["report", "--sample", "0"], {}, 'language = "ja"')).toContain("異常なし");
});

test.each<[string, Environment, string]>([
  ["the Linux console", { ...japanese, TERM: "linux" }, ""],
  ["a locale of ASCII", { LANG: "C" }, 'language = "ja"'],
])("%s gets English, because it cannot show Japanese; a pipe from it gets Japanese", async (_, env, toml) => {
  expect(await say(["show", "--sample", "0"], env, toml, true)).toContain("Memory");
  expect(await say(["show", "--sample", "0"], env, toml)).toContain("メモリ");
});

test("what programs read is the same in every language", async () => {
  for (const argv of [
    ["show", "--json", "--sample", "0"],
    ["export", "--sample", "0"],
    ["check", "--rules", "--json"],
  ]) {
    expect(await say(argv, { SERVER_METRICS_LANGUAGE: "ja" })).toBe(await say(argv, {}));
  }
});

test("check --rules tells in Japanese what the names of the rules and targets are in every language", async () => {
  const lines = (await say(["check", "--rules"], japanese)).split("\n");
  expect(lines).toContain("正常        storage_used /: 現在 72%; 警告 85% → 80%; 危険 95% → 90%");
});

const watching = `
import { plugin } from "bun";
plugin({
  name: "watching",
  setup: (build) =>
    build.onLoad({ filter: /lib.words.*ts$/ }, async ({ path }) => {
      process.stderr.write("loaded " + path + "\\n");
      return { contents: await Bun.file(path).text(), loader: "ts" };
    }),
});`;

test.each([
  ["en", "ja"],
  ["ja", "en"],
])("a report in %s loads no word of %s", async (language, other) => {
  using directory = temporaryDirectory();
  const preload = join(directory.path, "watching.ts");
  writeFileSync(preload, watching);
  const env = { SERVER_METRICS_LANGUAGE: language, SERVER_METRICS_MACHINE: join(machinesDirectory, "vps-tokyo") };
  const program = [process.execPath, "--no-env-file", "--preload", preload, join(projectRoot, "index.ts")];
  const { stderr } = await run([...program, "report", "--dry-run", "--sample", "0", "--state-dir", "none"], { env });
  const loaded = Array.from(stderr.matchAll(/^loaded .*\/words\/(.*)$/gm), ([, file = ""]) => file);
  expect(loaded).toContain(`${language}/rules.ts`);
  // The errors, which are English, say what is wrong with a page.
  expect(loaded.filter((file) => file.startsWith(other) && file !== "en/checks.ts")).toEqual([]);
});

test("an unknown language is refused with those that there are", async () => {
  const world = testWorld({ argv: ["show"], env: { SERVER_METRICS_LANGUAGE: "fr" } });
  expect(await main(world)).toBe(exitCodes.config);
  expect(world.said.errors).toEqual(['SERVER_METRICS_LANGUAGE: expected "en" or "ja", got "fr"']);
});
