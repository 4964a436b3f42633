import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { selfSigned } from "./support/certificate.ts";
import { fakeDiscord, type FakeDiscord } from "./support/fakeDiscord.ts";
import { lacking, openssl } from "./support/programNeeds.ts";
import { projectRoot, run, temporaryDirectory } from "./support/project.ts";
import { buildWatched, type Watched } from "./support/watched.ts";

/** Ends the name of a test that is skipped without it. */
const withoutOpenssl = lacking(openssl);

let program: Watched;
beforeAll(async () => {
  program = await buildWatched();
});
afterAll(async () => program[Symbol.asyncDispose]());

describe("in a directory whose .env and bunfig.toml belong to an attacker", () => {
  let trap: FakeDiscord;
  const directory = temporaryDirectory();
  const at = (name: string) => join(directory.path, name);
  const loaded = () => existsSync(at("loaded"));

  beforeAll(async () => {
    trap = await fakeDiscord();
    writeFileSync(at("bunfig.toml"), 'preload = ["./preload.ts"]\n');
    writeFileSync(at("preload.ts"), `require("node:fs").writeFileSync(${JSON.stringify(at("loaded"))}, "");\n`);
    const variables = {
      HTTPS_PROXY: `http://${trap.host}`,
      HTTP_PROXY: `http://${trap.host}`,
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
      DISCORD_WEBHOOK_URL: trap.webhookUrl,
      SERVER_METRICS_ALLOW_HOST: trap.host,
      SERVER_METRICS_NAME: "taken-over",
    };
    const lines = Object.entries(variables).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(at(".env"), lines.join(""));
  });
  beforeEach(() => rmSync(at("loaded"), { force: true }));
  afterAll(async () => {
    directory[Symbol.dispose]();
    await trap[Symbol.asyncDispose]();
  });

  const inThere = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    program.run([...args, "--sample", "0", "--state-dir", "none"], { cwd: directory.path, env });

  test("bun itself loads both, so that the trap is one", async () => {
    const command = [process.execPath, "-e", "console.log(process.env.SERVER_METRICS_NAME)"];
    expect((await run(command, { cwd: directory.path })).stdout).toBe("taken-over\n");
    expect(loaded()).toBe(true);
  });

  test("a report goes where the build said, and nothing is loaded", async () => {
    const before = program.discord.messages.length;
    expect(await inThere(["report"])).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(program.discord.messages).toHaveLength(before + 1);
    expect(JSON.stringify(program.discord.messages.at(-1))).not.toContain("taken-over");
    expect(trap.requests).toHaveLength(0);
    expect(loaded()).toBe(false);
  });

  test.each([
    ["BUN_OPTIONS", "--preload=./preload.ts"],
    ["BUN_OPTIONS", "-r ./preload.ts"],
    ["BUN_OPTIONS", "--config=./bunfig.toml"],
    ["BUN_INSPECT_PRELOAD", "./preload.ts"],
  ])("%s=%s is refused: the program does not start", async (name, value) => {
    const { status, stdout, stderr } = await inThere(["--dry-run"], { [name]: value });
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("Code generation from strings disallowed");
    expect(loaded()).toBe(false);
  });

  test("BUN_INSPECT is refused: no debugger gets in", async () => {
    const { status, stdout, stderr } = await inThere(["--dry-run"], { BUN_INSPECT: "ws://127.0.0.1:0/x?wait=1" });
    expect(status).not.toBe(0);
    expect(stdout).toBe("");
    expect(stderr).toContain("BUN_INSPECT cannot be used");
  });

  test.each([
    ["BUN_OPTIONS", "--inspect-wait=127.0.0.1:0"],
    ["BUN_OPTIONS", "--eval loaded"],
    ["BUN_OPTIONS", "--env-file=.env"],
    ["NODE_OPTIONS", "--require=./preload.ts"],
    ["BUN_CONFIG_VERBOSE_FETCH", "curl"],
    ["NODE_DEBUG", "*"],
  ])("%s=%s changes nothing and shows nothing", async (name, value) => {
    expect(await inThere(["report"], { [name]: value })).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(trap.requests).toHaveLength(0);
    expect(loaded()).toBe(false);
  });

  // Not to be closed from inside in Bun 1.4.5. When this fails, Bun has closed it, and the README may say less.
  test("BUN_BE_BUN=1 makes a bun of the program, as the README says", async () => {
    const { stdout } = await program.run(["-e", "console.log(6 * 7)"], { env: { BUN_BE_BUN: "1" } });
    expect(stdout).toBe("42\n");
  });

  test("the README says what cannot be closed", () => {
    const readme = readFileSync(join(projectRoot, "README.md"), "utf8").replaceAll(/\s+/g, " ");
    expect(readme).toMatch(/never make it setuid, and never give it capabilities/i);
    expect(readme).toContain("whoever controls its environment controls the program (`BUN_BE_BUN=1`");
  });
});

describe.skipIf(withoutOpenssl !== "")(`a Discord whose certificate nobody vouches for${withoutOpenssl}`, () => {
  test("gets nothing, whatever NODE_TLS_REJECT_UNAUTHORIZED says", async () => {
    await using impostor = await fakeDiscord(selfSigned());
    const env = {
      DISCORD_WEBHOOK_URL: impostor.webhookUrl,
      SERVER_METRICS_ALLOW_HOST: impostor.host,
      NODE_TLS_REJECT_UNAUTHORIZED: "0",
    };
    const { status, stderr } = await program.run(["report", "--sample", "0"], { env });
    expect(status).toBe(75);
    expect(stderr).toContain("the certificate is not valid");
    expect(impostor.requests).toHaveLength(0);
  });
});

test("the executable holds neither the token nor the beginning of it", () => {
  const { token } = program.discord;
  const bytes = readFileSync(program.path);
  for (const secret of [token, token.slice(0, 24)]) {
    expect(bytes.includes(secret)).toBe(false);
    expect(bytes.includes(Buffer.from(secret, "utf16le"))).toBe(false);
  }
});

test.each([
  ["--help", 0],
  ["--version", 0],
  ["show --sample 0", 0],
  ["show --json --sample 0", 0],
  ["--dry-run --sample 0", 0],
  ["check", 0],
  ["check --json", 0],
  ["check --config WEBHOOK", 78],
  ["outbox --drop WEBHOOK", 64],
  ["WEBHOOK", 64],
  ["--webhook=WEBHOOK", 64],
  ["report --sample WEBHOOK", 78],
])("%s does not say the token", async (line, status) => {
  const args = line.split(" ").map((word) => word.replace("WEBHOOK", program.discord.webhookUrl));
  expect((await program.run(args)).status).toBe(status);
});

test("what is kept of a message that was not delivered or was refused does not hold the token", async () => {
  using state = temporaryDirectory();
  const env = { SERVER_METRICS_STATE_DIR: state.path };
  const { discord } = program;
  // How many, is for the machine to say: a busy one has alerts, too.
  const some = expect.arrayContaining([expect.anything()]);
  const errors = { embeds: { _errors: [{ code: "X" }] } };
  const refusal = { status: 400, body: { code: 50_035, message: "Invalid Form Body", errors } };
  discord.script(refusal, refusal, refusal);
  await program.run(["report", "--sample", "0"], { env });
  discord.script({ status: 404, body: { message: "Unknown Webhook", code: 10_015 } });
  expect((await program.run(["report", "--sample", "0"], { env })).status).toBe(69);
  const { stdout } = await program.run(["outbox", "--json"], { env });
  expect(JSON.parse(stdout)).toMatchObject({ waiting: some, dead: some });
  await program.run(["outbox"], { env });
  const kept = readdirSync(state.path).map((name) => readFileSync(join(state.path, name), "latin1"));
  expect(kept.length).toBeGreaterThan(0);
  expect(program.leaksIn(kept.join("\n"))).toEqual([]);
});

/** Runs a report, and while its request waits for the answer looks at the process. */
async function whileSending<T>(look: (pid: number) => T) {
  const { promise: seen, resolve } = Promise.withResolvers<T>();
  using server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: () => {
      resolve(look(child.pid));
      return Response.json({ id: "9000000000000000001" });
    },
  });
  const url = program.discord.webhookUrl.replace(program.discord.host, `127.0.0.1:${server.port}`);
  const child = Bun.spawn([program.path, "report", "--sample", "0", "--state-dir", "none"], {
    env: { DISCORD_WEBHOOK_URL: url, SERVER_METRICS_ALLOW_HOST: "127.0.0.1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, what] = await Promise.all([child.stdout.text(), child.stderr.text(), seen, child.exited]);
  expect(program.leaksIn(stdout + stderr)).toEqual([]);
  return what;
}

test("other users who list the processes do not see the token", async () => {
  const listed = await whileSending((pid) =>
    ["cmdline", "comm", "stat", "status"].map((file) => readFileSync(`/proc/${pid}/${file}`, "utf8")),
  );
  expect(listed.join("\n")).toContain("server-metrics");
  expect(program.leaksIn(listed.join("\n"))).toEqual([]);
});

test("a crash of the runtime itself, too, does not say the token", async () => {
  expect(await whileSending((pid) => process.kill(pid, "SIGSEGV"))).toBe(true);
});
