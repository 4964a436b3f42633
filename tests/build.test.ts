import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

import type { Baked } from "../lib/settings/baked.ts";
import { encodeBaked } from "../lib/settings/baked.ts";
import { type Checkout, checkout as checkOut, stubCompiler } from "./support/checkout.ts";
import { program, root, testWhen } from "./support/programNeeds.ts";
import { type Finished, run, temporaryDirectory } from "./support/project.ts";

const token = "wh-token_0123456789abcdefghij";
const id = "123456789012345678";
const webhook = `https://discord.com/api/webhooks/${id}/${token}`;

/** A program that says what was baked into it. */
const probe = `import { readBaked } from "./lib/settings/baked.ts";
console.log(JSON.stringify({ arguments: process.argv.slice(2), baked: readBaked() }));
process.exitCode = Number(process.env["PROBE_STATUS"] ?? 0);
`;

/** A checkout that builds the probe, or this source in its place. */
const checkout = (source = probe): Checkout => checkOut({ "index.ts": source });

async function bakedInto(executable: string, env: Readonly<Record<string, string>> = {}): Promise<Baked> {
  const { baked }: { baked: Baked } = JSON.parse((await run([executable], { env })).stdout);
  return baked;
}

let shared: Checkout;
beforeAll(() => {
  shared = checkout();
});
afterAll(() => {
  shared[Symbol.dispose]();
});

/** A build that is run as well, once for all tests that look at it: without a webhook in `bare`, with one in `a`. */
const builds = new Map<string, Promise<Finished>>();
function buildAndRun(out: "bare" | "a"): Promise<Finished> {
  const env: Record<string, string> = out === "bare" ? {} : { DISCORD_WEBHOOK_URL: webhook, PROBE_STATUS: "75" };
  const building = builds.get(out) ?? shared.build(["--run", "--out", out], env);
  builds.set(out, building);
  return building;
}

test.each<[string, Record<string, string>, RegExp]>([
  ["text that is no URL", { DISCORD_WEBHOOK_URL: token }, /^DISCORD_WEBHOOK_URL in the environment: .*https:\/\//],
  ["a webhook without its token", { DISCORD_WEBHOOK_URL: `https://discord.com/api/webhooks/${id}` }, /expected/],
  ["a host that is not Discord's", { DISCORD_WEBHOOK_URL: webhook.replace("discord", "dlscord") }, /host/],
  [
    "a host other than the allowed one",
    { DISCORD_WEBHOOK_URL: webhook.replace("discord.com", "a.example"), SERVER_METRICS_ALLOW_HOST: "b.example" },
    /host/,
  ],
  [
    "plain http off loopback",
    {
      DISCORD_WEBHOOK_URL: webhook.replace("https://discord.com", "http://a.example"),
      SERVER_METRICS_ALLOW_HOST: "a.example",
    },
    /http/,
  ],
  [
    "a channel for alerts that is not Discord's",
    { DISCORD_WEBHOOK_URL: webhook, DISCORD_ALERT_WEBHOOK_URL: webhook.replace("discord", "dlscord") },
    /^DISCORD_ALERT_WEBHOOK_URL in the environment: .*host/,
  ],
])("the build refuses %s in one line, and leaves the earlier binary alone", async (_, env, reason) => {
  using out = temporaryDirectory();
  await Bun.write(join(out.path, "server-metrics"), "earlier");
  const { status, stdout, stderr } = await shared.build(["--out", out.path], env);
  expect(status).toBe(78);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^.+\n$/);
  expect(stderr).toMatch(reason);
  expect(stderr).not.toContain(token);
  expect(readdirSync(out.path)).toEqual(["server-metrics"]);
  expect(readFileSync(join(out.path, "server-metrics"), "utf8")).toBe("earlier");
});

test.each([
  ["is not TOML", "name = ", /settings\.toml: the settings file is not TOML/],
  ["has an unknown setting", "nmae = 'x'", /"nmae" in .*settings\.toml/],
  ["has a wrong value", "name = 5", /"name" in .*settings\.toml: expected/],
])("the build refuses a settings file that %s", async (_, text, reason) => {
  using out = temporaryDirectory();
  await Bun.write(join(out.path, "settings.toml"), text);
  const { status, stderr } = await shared.build(["--config", join(out.path, "settings.toml"), "--out", out.path]);
  expect(status).toBe(78);
  expect(stderr).toMatch(reason);
  expect(stderr).toMatch(/^.+\n$/);
  expect(readdirSync(out.path)).toEqual(["settings.toml"]);
});

test("the build refuses a settings file that is not there", async () => {
  const { status, stderr } = await shared.build(["--config", "nowhere.toml", "--out", shared.at("out-nowhere")]);
  expect(status).toBe(78);
  expect(stderr).toMatch(/^--config .*nowhere\.toml: .+\n$/);
  expect(existsSync(shared.at("out-nowhere"))).toBe(false);
});

test.each([
  ["an unknown option", ["--minify"]],
  ["a webhook as an argument", [webhook]],
  ["a webhook as an option", [`--webhook=${webhook}`]],
  ["an unknown target", ["--target", "windows"]],
  ["an option without its value", ["--out"]],
  ["to run what is built for elsewhere", ["--run", "--target", "linux-arm64"]],
])("the build refuses %s as a wrong command line", async (_, args) => {
  const { status, stderr } = await shared.build(args);
  expect(status).toBe(64);
  expect(stderr).toMatch(/^build\.sh: .+\n$/);
  expect(stderr).not.toContain(token);
});

test("the webhooks, the allowed host and the settings of the build are in the binary, and not to be seen there", async () => {
  await Bun.write(shared.at("settings.toml"), 'name = "vps-tokyo"');
  const env = {
    DISCORD_WEBHOOK_URL: webhook,
    DISCORD_ALERT_WEBHOOK_URL: webhook.replace(token, `${token}-of-alerts`),
    SERVER_METRICS_ALLOW_HOST: "localhost:8080",
  };
  const { status, stdout, stderr } = await shared.build(["--config", "settings.toml", "--out", "all-inside"], env);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain(`webhook ${id} inside`);
  const copy = /^ +copy it: +scp -p (.*)\/all-inside\/server-metrics (\S+):new && ssh (\S+) 'mv new server-metrics'$/m;
  const [, , copiedTo, movedAt] = copy.exec(stdout) ?? [];
  expect(copiedTo).toBeString();
  expect(movedAt).toBe(copiedTo);
  expect(stdout).toMatch(/^ +then: +ssh .* '\.\/server-metrics && \.\/server-metrics install'$/m);
  expect(stdout).not.toContain(token);

  const binary = shared.at("all-inside/server-metrics");
  expect(await bakedInto(binary)).toEqual({
    webhook: expect.stringContaining(`${id}/${token}`),
    alertWebhook: expect.stringContaining(`${id}/${token}-of-alerts`),
    allowHost: "localhost:8080",
    settings: { name: "vps-tokyo" },
  });
  expect(statSync(binary).mode & 0o777).toBe(0o700);
  expect(readdirSync(shared.at("all-inside"))).toEqual(["server-metrics"]);
  const bytes = readFileSync(binary);
  for (const secret of [token, id, "vps-tokyo", btoa(webhook).slice(8, 40)]) {
    expect(bytes.includes(secret)).toBe(false);
    expect(bytes.includes(Buffer.from(secret, "utf16le"))).toBe(false);
  }
});

test("without a webhook the build says what that means, and the environment of a run bakes nothing in", async () => {
  const { status, stdout } = await buildAndRun("bare");
  expect(status).toBe(0);
  expect(stdout).toContain("no webhook inside");
  expect(stdout).toMatch(/^No webhook is inside: .*DISCORD_WEBHOOK_URL.*$/m);
  expect(await bakedInto(shared.at("bare/server-metrics"), { SERVER_METRICS_BAKED: encodeBaked({ webhook }) })).toEqual(
    {},
  );
});

test("a .env beside build.sh gives the webhook; the environment beats it, and an empty value means none", async () => {
  using mine = checkout();
  await Bun.write(mine.at(".env"), `DISCORD_WEBHOOK_URL="${webhook}"\n`);
  expect((await mine.build()).stdout).toContain(`webhook ${id} inside`);
  const other = webhook.replace(id, "998877665544332211");
  expect((await mine.build([], { DISCORD_WEBHOOK_URL: other })).stdout).toContain("webhook 998877665544332211 inside");
  expect((await mine.build([], { DISCORD_WEBHOOK_URL: "" })).stdout).toContain("no webhook inside");
  expect(await bakedInto(mine.at("dist/server-metrics"))).toEqual({});
  await Bun.write(mine.at(".env"), `DISCORD_WEBHOOK_URL=https://discord.com/${token}\n`);
  const refused = await mine.build();
  expect(refused.status).toBe(78);
  expect(refused.stderr).toMatch(/^DISCORD_WEBHOOK_URL in \.env: .+\n$/);
  expect(refused.stderr).not.toContain(token);
});

test("two builds of the same thing are the same bytes", async () => {
  expect((await buildAndRun("a")).stdout).toContain(`webhook ${id} inside`);
  expect((await shared.build(["--out", "elsewhere/b"], { DISCORD_WEBHOOK_URL: webhook })).status).toBe(0);
  const [a, b] = ["a/server-metrics", "elsewhere/b/server-metrics"].map((path) => readFileSync(shared.at(path)));
  expect(a?.equals(b ?? Buffer.of())).toBe(true);
});

test("a build that fails shows why, and leaves the earlier binary alone", async () => {
  using broken = checkout("export const = 1;");
  mkdirSync(broken.at("dist"));
  await Bun.write(broken.at("dist/server-metrics"), "earlier");
  const { status, stderr } = await broken.build([], { DISCORD_WEBHOOK_URL: webhook });
  expect(status).toBe(70);
  expect(stderr).toContain("index.ts:1");
  expect(stderr).not.toContain(token);
  expect(readdirSync(broken.at("dist"))).toEqual(["server-metrics"]);
  expect(readFileSync(broken.at("dist/server-metrics"), "utf8")).toBe("earlier");
});

test("the build works from any directory, and reads its options as paths seen from there", async () => {
  using caller = temporaryDirectory();
  await Bun.write(join(caller.path, "mine.toml"), 'name = "here"');
  const args = ["sh", shared.at("build.sh"), "--config", "mine.toml", "--out", "out"];
  expect((await run(args, { cwd: caller.path })).status).toBe(0);
  expect(await bakedInto(join(caller.path, "out/server-metrics"))).toEqual({ settings: { name: "here" } });
});

test("--run posts when a webhook is inside, and ends with the program's status", async () => {
  const { status, stdout } = await buildAndRun("a");
  expect(status).toBe(75);
  expect(stdout).toContain('{"arguments":[]');
});

test("--run shows when no webhook is inside, and says how to get it into Discord", async () => {
  const { status, stdout } = await buildAndRun("bare");
  expect(status).toBe(0);
  expect(stdout).toContain('{"arguments":["show"]');
  expect(stdout).toMatch(/DISCORD_WEBHOOK_URL=\S+ npm start\n$/);
});

testWhen([program("strace")])("the webhook is in no argument list of any process of the build", async () => {
  const trace = shared.at("trace");
  const command = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-e",
    "trace=execve",
    "-s",
    "65536",
    "-o",
    trace,
    "sh",
    shared.at("build.sh"),
  ];
  const env = { DISCORD_WEBHOOK_URL: webhook };
  const { status } = await run([...command, "--out", shared.at("traced")], { env });
  expect(status).toBe(0);
  const calls = readFileSync(trace, "utf8");
  expect(calls).toContain("lib/settings/bake.ts");
  expect(calls).toContain("--compile");
  expect(calls).not.toContain(token);
});

/** A checkout where these programs are shell scripts. */
function checkoutWith(programs: Readonly<Record<string, string>>) {
  const mine = checkout();
  mkdirSync(mine.at("bin"));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(mine.at("bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  const env = { DISCORD_WEBHOOK_URL: webhook, PATH: `${mine.at("bin")}:${process.env["PATH"] ?? ""}` };
  return { ...mine, build: (args: readonly string[] = []) => mine.build(args, env) };
}

test.each([
  ["missing", (at: (path: string) => string) => rmSync(at("node_modules"), { recursive: true })],
  [
    "older than the lock file",
    (at: (path: string) => string) => utimesSync(at("node_modules/.package-lock.json"), 0, 0),
  ],
])(
  "packages that are %s are installed; a failure shows npm's words, and npm never sees the webhook",
  async (_, spoil) => {
    using mine = checkoutWith({ npm: 'echo "npm says: $* $DISCORD_WEBHOOK_URL"; exit 1' });
    spoil(mine.at);
    const { status, stderr } = await mine.build();
    expect(status).toBe(69);
    expect(stderr).toContain("npm says: ci ");
    expect(stderr).not.toContain(token);
  },
);

test("while npm waits the build says so every 10 s", async () => {
  using mine = checkoutWith({
    // Ends at the third sleep, and takes no time.
    sleep: `cd "\${0%/*}" && echo "$1" >>slept && [ "$(wc -l <slept)" -lt 3 ] || { : >slow; exit 1; }`,
    npm: `until [ -e "\${0%/*}/slow" ]; do :; done; exit 1`,
  });
  rmSync(mine.at("node_modules"), { recursive: true });
  const { status, stdout } = await mine.build();
  expect(stdout).toBe(
    "Installing the pinned packages, once\nStill waiting for npm (10 s)\nStill waiting for npm (20 s)\n",
  );
  expect(readFileSync(mine.at("bin/slept"), "utf8")).toBe("10\n".repeat(3));
  expect(status).toBe(69);
});

/** A prefix that takes from root the right to write into what belongs to others. */
const onlyOwn = process.getuid?.() === 0 ? ["setpriv", "--bounding-set=-dac_override"] : [];
const testOwners = testWhen(onlyOwn.length > 0 ? [program("setpriv")] : []);

const cannotWrite = async (mine: Checkout, ...args: readonly string[]) =>
  run([...onlyOwn, "sh", mine.at("build.sh"), ...args], { env: { DISCORD_WEBHOOK_URL: webhook, LC_ALL: "C" } });

testOwners("a directory that may not be written to is told in one line, with what to do", async () => {
  using mine = checkout();
  mkdirSync(mine.at("dist"), { mode: 0o500 });
  await Bun.write(mine.at("file"), "");
  expect(await cannotWrite(mine)).toEqual({
    status: 73,
    stdout: "",
    stderr: `build.sh: cannot write to ${mine.at("dist")}: Permission denied: build to another directory with --out DIR\n`,
  });
  expect(await cannotWrite(mine, "--out", mine.at("file/deeper"))).toMatchObject({
    status: 73,
    stderr: `build.sh: cannot write to ${mine.at("file/deeper")}: Not a directory: build to another directory with --out DIR\n`,
  });
});

testWhen([root, program("setpriv")])(
  "of what a build as another user left, the owner is told; only what a build makes is to be removed",
  async () => {
    using mine = checkout();
    for (const name of ["dist", "theirs"]) {
      mkdirSync(mine.at(name));
      chownSync(mine.at(name), 1, 1);
    }
    const problem = (name: string) =>
      `cannot write to ${mine.at(name)}: Permission denied; ${mine.at(name)} belongs to `;
    expect((await cannotWrite(mine)).stderr).toBe(
      `build.sh: ${problem("dist")}daemon: sudo rm -r ${mine.at("dist")}\n`,
    );
    expect((await cannotWrite(mine, "--out", mine.at("theirs"))).stderr).toBe(
      `build.sh: ${problem("theirs")}daemon: build to another directory with --out DIR\n`,
    );
    rmSync(mine.at("node_modules/.package-lock.json"));
    chownSync(mine.at("node_modules"), 1, 1);
    expect((await cannotWrite(mine)).stderr).toBe(
      `build.sh: ${problem("node_modules")}daemon: sudo rm -r ${mine.at("node_modules")}\n`,
    );
  },
);

test("the lines to copy can be pasted, whatever the path", async () => {
  using mine = checkoutWith({ xz: "echo packed" });
  stubCompiler(mine);
  const out = mine.at("it's my サーバ $dir");
  const { stdout } = await mine.build(["--out", out, "--xz"]);
  const [, copy = ""] = /^ +copy it: +(.*) && ssh /m.exec(stdout) ?? [];
  const [, unpack = ""] = /^ +(ssh .*)$/m.exec(stdout) ?? [];
  expect((await run(["sh", "-c", `scp() { printf %s "$2"; }; ${copy}`])).stdout).toBe(`${out}/server-metrics`);
  expect((await run(["sh", "-c", `ssh() { cat; }; ${unpack}`])).stdout).toBe("packed\n");
});

test("linked packages belong to another checkout and are left alone", async () => {
  using mine = checkoutWith({ npm: "exit 1" });
  stubCompiler(mine);
  renameSync(mine.at("node_modules"), mine.at("elsewhere"));
  symlinkSync(mine.at("elsewhere"), mine.at("node_modules"));
  rmSync(mine.at("elsewhere/.package-lock.json"));
  expect((await mine.build()).status).toBe(0);
});

test("a runtime that is not the one the lock file pins is refused", async () => {
  using mine = checkoutWith({ npm: 'echo forged >"$4/forged.tgz" && echo forged.tgz' });
  rmSync(mine.at("node_modules/.cache"));
  const { status, stderr } = await mine.build(["--target", "linux-arm64"]);
  expect(status).toBe(69);
  expect(stderr).toMatch(/^build\.sh: @oven\/bun-linux-aarch64@\S+ is not what package-lock\.json pins\n$/);
  expect(readdirSync(mine.at("dist"))).toEqual([]);
});
