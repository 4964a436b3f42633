import { afterAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

import { type Checkout, checkout as checkOut, stubCompiler } from "./support/checkout.ts";
import { testWithPrograms } from "./support/needs.ts";
import { hangMs, type Need, testWhen } from "./support/programNeeds.ts";
import { type Finished, projectRoot, run, temporaryDirectory } from "./support/project.ts";

const token = "wh-token_0123456789abcdefghij";
const webhook = `https://discord.com/api/webhooks/123456789012345678/${token}`;
const mine = {
  DISCORD_WEBHOOK_URL: webhook,
  DISCORD_ALERT_WEBHOOK_URL: webhook,
  SERVER_METRICS_ALLOW_HOST: "my-host.example",
};

/** A program that says what was baked into it. */
const probe = `import { readBaked } from "./lib/settings/baked.ts";
console.log(JSON.stringify(readBaked()));
`;
const checkout = (): Checkout => checkOut({ "index.ts": probe });

const shared = checkout();
afterAll(() => shared[Symbol.dispose]());

/** A directory with programs of the given names that are shell scripts, to be the first in PATH. */
async function programs(scripts: Readonly<Record<string, string>>) {
  const directory = temporaryDirectory();
  for (const [name, script] of Object.entries(scripts)) {
    const file = join(directory.path, name);
    await Bun.write(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
  }
  const path = `${directory.path}:${process.env["PATH"] ?? ""}`;
  return { env: { PATH: path }, [Symbol.dispose]: directory[Symbol.dispose] };
}

test("--no-webhook puts nothing of the builder's inside, whatever is set", async () => {
  using tree = checkout();
  await Bun.write(tree.at(".env"), `DISCORD_WEBHOOK_URL=${webhook}\nSERVER_METRICS_ALLOW_HOST=my-host.example\n`);
  const { status, stdout } = await tree.build(["--no-webhook"], mine);
  expect(status).toBe(0);
  expect(stdout).toContain("no webhook inside");
  const binary = tree.at("dist/server-metrics");
  expect((await run([binary])).stdout).toBe("{}\n");
  expect((await run(["grep", "--count", "--text", "-e", token, "-e", "my-host", binary])).stdout).toBe("0\n");
});

test("what is to be shared takes no settings of the builder's", async () => {
  const { status, stderr } = await shared.build(["--no-webhook", "--config", "mine.toml"]);
  expect(status).toBe(64);
  expect(stderr).toMatch(/^build\.sh: .*--config.*\n$/);
});

/** The line of lib/install/README.md that unpacks on arrival. */
const [pipe = ""] =
  /^ssh .*<dist\/server-metrics\.xz$/m.exec(readFileSync(join(projectRoot, "lib/install/README.md"), "utf8")) ?? [];

testWithPrograms("xz")(
  "--xz says how long it takes to send, and the documented pipe unpacks it on arrival",
  async () => {
    using tree = checkout();
    stubCompiler(tree);
    // Quick instead of small.
    using stubs = await programs({
      xz: `exec ${Bun.which("xz")} "$@" -0`,
      ssh: 'cd "$REMOTE" && shift && exec sh -c "$*"',
    });
    const { status, stdout, stderr } = await tree.build(["--xz"], stubs.env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/server-metrics: \d+ MB, \d+ s at 10 Mbit\/s,/);
    expect(stdout).toMatch(/server-metrics\.xz: \d+ MB, \d+ s at 10 Mbit\/s\n/);
    expect(stdout).toContain(pipe.replace(/<.*/, "<"));
    expect(readdirSync(tree.at("dist")).toSorted()).toEqual(["server-metrics", "server-metrics.xz"]);

    mkdirSync(tree.at("remote"));
    const env = { ...stubs.env, REMOTE: tree.at("remote") };
    const arrived = await run(["sh", "-c", pipe], { cwd: tree.at(), env });
    expect(arrived).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(readdirSync(tree.at("remote"))).toEqual(["server-metrics"]);
    expect(statSync(tree.at("remote/server-metrics")).mode & 0o777).toBe(0o700);
    const [sent, unpacked] = ["dist", "remote"].map((place) => readFileSync(tree.at(place, "server-metrics")));
    expect(unpacked?.equals(sent ?? Buffer.of())).toBe(true);
  },
  hangMs,
);

const runtime = `@oven/bun-linux-aarch64@${Bun.version}`;
/** The runtime for another machine is kept once it was fetched. */
const isKept = existsSync(join(projectRoot, `node_modules/.cache/server-metrics/bun-linux-arm64-${Bun.version}.tgz`));
const isOnline = async () => (await run(["npm", "view", "--fetch-retries=0", runtime, "version"])).status === 0;
const online: Need = { what: "the package registry", there: isKept || (await isOnline()) };
const releasing = ["--release", "--target", "linux-arm64"];

let released: Promise<Finished> | undefined;
/** Builds a release, once for all tests. */
const release = () => (released ??= shared.build(releasing, mine));

testWhen([online])(
  "a release has sums, nothing of the builder's, and is the same from everywhere",
  async () => {
    using elsewhere = checkout();
    for (const [tree, build] of [
      [shared, release],
      [elsewhere, () => elsewhere.build(releasing)],
    ] as const) {
      const { status, stdout, stderr } = await build();
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
      expect(stdout).toMatch(/\/server-metrics-linux-arm64: \d+ MB, .*, for linux-arm64, no webhook inside\n/);
      expect(readdirSync(tree.at("dist/release")).toSorted()).toEqual([
        "SHA256SUMS",
        "THIRD-PARTY.txt",
        "server-metrics-linux-arm64",
      ]);
      const checked = await run(["sha256sum", "--check", "--strict", "SHA256SUMS"], { cwd: tree.at("dist/release") });
      expect(checked).toEqual({
        status: 0,
        stdout: "server-metrics-linux-arm64: OK\nTHIRD-PARTY.txt: OK\n",
        stderr: "",
      });
    }
    const [one, other] = [shared, elsewhere].map((tree) => readFileSync(tree.at("dist/release/SHA256SUMS"), "utf8"));
    expect(one).toBe(other ?? "");
  },
  hangMs,
);

testWhen([online])(
  "the licences of a release are those of all that is inside",
  async () => {
    expect(await release()).toMatchObject({ status: 0, stderr: "" });
    const told = readFileSync(shared.at("dist/release/THIRD-PARTY.txt"), "utf8");
    const options = { target: "bun", splitting: true, metafile: true } as const;
    const { metafile } = await Bun.build({ entrypoints: [join(projectRoot, "index.ts")], ...options });
    const files = Object.keys(metafile?.inputs ?? {});
    const inside = new Set(files.flatMap((file) => /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));
    expect([...inside].toSorted()).toEqual([
      "@resvg/resvg-wasm",
      "cac",
      "dejavu-fonts-ttf",
      "systeminformation",
      "valibot",
    ]);
    for (const name of [...inside, "bun"])
      expect(told).toMatch(new RegExp(`^-+\n${name} \\d[\\d.]*\nhttps?:.*\nLicence: .+\n\n.+`, "m"));
    for (const text of ["Copyright (c) 2003 by Bitstream", "Licence: MPL-2.0", "JavaScriptCore", "`boringssl`"]) {
      expect(told).toContain(text);
    }
    expect(told).not.toContain("undefined");
  },
  hangMs,
);

testWhen([online])(
  "a release whose two builds differ is refused",
  async () => {
    using tree = checkout();
    stubCompiler(tree);
    const { status, stderr } = await tree.build([...releasing, "--out", "differs"]);
    expect(status).toBe(70);
    expect(stderr).toBe("build.sh: two builds of server-metrics-linux-arm64 are not the same\n");
    expect(readdirSync(tree.at("differs"))).not.toContain("SHA256SUMS");
  },
  hangMs,
);
