import { afterAll, expect, test } from "bun:test";
import { chmodSync, copyFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { binary, onMachine } from "./support/binary.ts";
import { type FakeDiscord, fakeDiscord } from "./support/fakeDiscord.ts";
import { type Need, root, testWhen } from "./support/programNeeds.ts";
import { type Finished, machinesDirectory, run, temporaryDirectory } from "./support/project.ts";

/** Everything that any run of this file printed. */
const printed: string[] = [];
let secret = "";

interface Where {
  readonly discord?: FakeDiscord;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly machine?: string | null;
}

/** The webhook by environment, a captured machine, no state, and nothing else in the environment. */
async function environment({ discord, env, machine = "vps-tokyo" }: Where): Promise<readonly string[]> {
  const variables = {
    ...(discord === undefined
      ? {}
      : { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host }),
    ...(machine === null ? {} : onMachine(machine)),
    SERVER_METRICS_STATE_DIR: "none",
    TZ: "UTC",
    ...env,
  };
  if (discord !== undefined) secret = discord.token;
  return ["env", "-i", ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)];
}

async function start(args: readonly string[], where: Where, program?: string): Promise<Finished> {
  const prefix = await environment(where);
  const finished = await run([...prefix, program ?? (await binary), ...args], { cwd: where.cwd ?? "/" });
  printed.push(finished.stdout, finished.stderr);
  return finished;
}

/** The program behind `sh -c`, as `$@`. */
async function startInShell(script: string, where: Where): Promise<Finished> {
  const finished = await run([
    ...(await environment(where)),
    "PATH=/usr/bin:/bin",
    "sh",
    "-c",
    script,
    "sh",
    await binary,
  ]);
  printed.push(finished.stdout, finished.stderr);
  return finished;
}

const quiet = { status: 0, stdout: "", stderr: "" };

afterAll(() => {
  expect(secret).not.toBe("");
  expect(printed.join("")).not.toContain(secret);
});

test("with an empty environment and from another directory, one valid message with the machine's numbers arrives", async () => {
  await using discord = await fakeDiscord();
  expect(await start([], { discord })).toEqual(quiet);
  expect(discord.requests).toHaveLength(1);
  expect(discord.requests[0]).toMatchObject({ method: "POST", path: expect.stringContaining("wait=true") });
  expect(discord.messages).toMatchObject([
    {
      embeds: [
        {
          title: "🟢 All well",
          description: expect.stringMatching(
            /^`4\.0 %` \*\*CPU\*\* .*\n` 51 %` \*\*Memory\*\* 1\.02\u00A0\/\u00A02\.00\u00A0GiB\n` 72 %` \*\*Disk \/\*\* 13\.4\u00A0GiB free\n/,
          ),
          footer: { text: "Ubuntu 24.04 · up 23 d" },
        },
      ],
    },
  ]);
});

test("--layout classic sends the original's body, to the byte", async () => {
  await using discord = await fakeDiscord();
  expect(await start(["--layout", "classic"], { discord })).toEqual(quiet);
  expect(discord.requests[0]?.body).toBe(
    JSON.stringify({
      username: "Server metrics",
      embeds: [
        {
          title: "Metrics on 08/01 12:00:00",
          fields: [
            { name: "Used Memory / Total Memory", value: "1.10GB / 2.15GB", inline: false },
            { name: "Memory Usage", value: "51.00%", inline: false },
            { name: "Used Storage", value: "36.61GB", inline: false },
            { name: "Storage Usage", value: "71.79%", inline: false },
            { name: "Global CPU Usage (instantaneous value)", value: "4.00%", inline: false },
          ],
        },
      ],
    }),
  );
});

test("nothing of a hostile working directory is loaded", async () => {
  await using discord = await fakeDiscord();
  await using thief = await fakeDiscord();
  using hostile = temporaryDirectory();
  const at = (name: string) => join(hostile.path, name);
  writeFileSync(
    at(".env"),
    `DISCORD_WEBHOOK_URL=${thief.webhookUrl}\nHTTP_PROXY=http://${thief.host}\nNODE_TLS_REJECT_UNAUTHORIZED=0\n`,
  );
  writeFileSync(at(".env.production"), `HTTP_PROXY=http://${thief.host}\n`);
  writeFileSync(at("bunfig.toml"), 'preload = ["./evil.ts"]\n');
  writeFileSync(at("evil.ts"), `require("node:fs").writeFileSync(${JSON.stringify(at("owned"))}, "");\n`);
  writeFileSync(at("server-metrics.toml"), 'name = "owned"\n');
  expect(await start([], { discord, cwd: hostile.path })).toEqual(quiet);
  expect(existsSync(at("owned"))).toBe(false);
  expect(thief.requests).toEqual([]);
  expect(discord.messages).toMatchObject([{ username: "vps-tokyo" }]);
});

const isRoot = process.getuid?.() === 0;

testWhen([root])("it works as nobody, on the machine that it runs on", async () => {
  await using discord = await fakeDiscord();
  using open = temporaryDirectory();
  chmodSync(open.path, 0o755);
  copyFileSync(await binary, join(open.path, "server-metrics"));
  chmodSync(join(open.path, "server-metrics"), 0o755);
  const nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
  const [program, ...rest] = [...nobody, join(open.path, "server-metrics"), "--sample=0"];
  expect(await start(rest, { discord, machine: null }, program)).toEqual(quiet);
  expect(discord.messages).toHaveLength(1);
  expect(JSON.stringify(discord.messages)).toContain("Memory");
});

test("when nobody listens the message is not delivered: 75, and one line that says so", async () => {
  const discord = await fakeDiscord();
  await discord[Symbol.asyncDispose]();
  const { status, stdout, stderr } = await start([], { discord });
  expect(status).toBe(75);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^server-metrics: not delivered.*\n$/);
});

const canUnshare = isRoot && (await run(["unshare", "-n", "true"])).status === 0;

const mayUnshare: Need = { what: "root that may make namespaces", there: canUnshare };

testWhen([mayUnshare])("without any network it ends with 75 just so", async () => {
  await using discord = await fakeDiscord();
  const { status, stderr } = await start(["-n", await binary], { discord }, "/usr/bin/unshare");
  expect(status).toBe(75);
  expect(stderr.split("\n")).toHaveLength(2);
  expect(discord.requests).toEqual([]);
});

test("a webhook that is gone is 69", async () => {
  await using discord = await fakeDiscord();
  discord.script({ status: 404, body: { message: "Unknown Webhook", code: 10015 } });
  const { status, stdout, stderr } = await start([], { discord });
  expect(status).toBe(69);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^server-metrics: .+\n$/);
  expect(discord.requests).toHaveLength(1);
});

test("a server that is down is tried a few times, not for ever, and then it is 75", async () => {
  await using discord = await fakeDiscord();
  discord.scriptForEver({ status: 503, body: "down" });
  expect((await start([], { discord })).status).toBe(75);
  expect(discord.requests.length).toBeWithin(2, 10);
});

test.each([
  [["--dry-urn"], 64, "did you mean --dry-run?"],
  [["shwo"], 64, "did you mean show?"],
  [["--sample", "soon"], 78, "--sample: expected a number of seconds from 0 to 30"],
  [["--config", "/nonexistent.toml"], 78, "--config: settings file /nonexistent.toml does not exist"],
])("%j ends with %d and says: %s", async (args, expected, words) => {
  await using discord = await fakeDiscord();
  const { status, stdout, stderr } = await start(args, { discord });
  expect({ status, stdout }).toEqual({ status: expected, stdout: "" });
  expect(stderr).toContain(words);
  expect(discord.requests).toEqual([]);
});

test("without a webhook it is 78, and how to set one is said", async () => {
  const { status, stderr } = await start([], {});
  expect(status).toBe(78);
  expect(stderr).toMatch(/DISCORD_WEBHOOK_URL/);
});

test("a webhook of another host is refused, and not shown", async () => {
  await using discord = await fakeDiscord();
  const elsewhere = discord.webhookUrl.replace(discord.host, "example.com");
  const { status, stderr } = await start([], { discord, env: { DISCORD_WEBHOOK_URL: elsewhere } });
  expect(status).toBe(78);
  expect(stderr).toStartWith("server-metrics: DISCORD_WEBHOOK_URL: ");
});

test("--dry-run, show, --help and --version send nothing", async () => {
  await using discord = await fakeDiscord();
  for (const args of [["--dry-run"], ["show"], ["show", "--json"], ["--help"], ["--version"]]) {
    const { status, stdout, stderr } = await start(args, { discord });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).not.toBe("");
  }
  expect(discord.requests).toEqual([]);
});

test.each([
  ["NODE_TLS_REJECT_UNAUTHORIZED", "0"],
  ["NODE_OPTIONS", "--inspect"],
])("%s in the environment changes nothing", async (name, value) => {
  await using discord = await fakeDiscord();
  expect((await start([], { discord, env: { [name]: value } })).status).toBe(0);
  expect(discord.messages).toHaveLength(1);
});

test("BUN_OPTIONS and BUN_INSPECT make Bun end before the program starts, and run nobody's code", async () => {
  await using discord = await fakeDiscord();
  using hostile = temporaryDirectory();
  const [owned, preload] = [join(hostile.path, "owned"), join(hostile.path, "evil.ts")];
  writeFileSync(preload, `require("node:fs").writeFileSync(${JSON.stringify(owned)}, "");\n`);
  for (const env of [{ BUN_OPTIONS: `--preload=${preload}` }, { BUN_INSPECT: "ws://127.0.0.1:0/" }]) {
    const { status, stderr } = await start([], { discord, env });
    expect(status).toBe(1);
    expect(stderr).toMatch(/disallow/);
  }
  expect(existsSync(owned)).toBe(false);
  expect(discord.requests).toEqual([]);
});

test.each([
  ["closed standard output and error", '"$@" >&- 2>&-'],
  ["a full disk behind both", '"$@" >/dev/full 2>/dev/full'],
  ["a reader that goes away", '"$@" --sample=0 | head -c3'],
])("with %s the report goes out all the same", async (_, script) => {
  await using discord = await fakeDiscord();
  expect((await startInShell(script, { discord })).status).toBe(0);
  expect(discord.messages).toHaveLength(1);
});

test.each([
  ["a reader that goes away", '{ "$@" show --json; echo "status $?" >&2; } | head -c3'],
  ["a full disk", '"$@" show --json >/dev/full; echo "status $?" >&2'],
  ["closed output", '"$@" show --json >&-; echo "status $?" >&2'],
])("show ends by itself with %s", async (_, script) => {
  expect((await startInShell(script, {})).stderr).toBe("status 0\n");
});

test("a webhook that was baked in at build time is posted to, with nothing in the environment", async () => {
  await using discord = await fakeDiscord();
  using out = temporaryDirectory();
  const env = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const built = await run(["sh", "build.sh", "--out", out.path], { env });
  printed.push(built.stdout, built.stderr);
  expect(built.status).toBe(0);
  const program = join(out.path, "server-metrics");
  const machine = `SERVER_METRICS_MACHINE=${join(machinesDirectory, "vps-tokyo")}`;
  const finished = await run(["env", "-i", machine, "SERVER_METRICS_STATE_DIR=none", program], { cwd: "/" });
  printed.push(finished.stdout, finished.stderr);
  expect(finished).toEqual(quiet);
  expect(discord.messages).toMatchObject([{ username: "vps-tokyo" }]);
});
