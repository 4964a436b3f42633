import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { binary, onMachine } from "./support/binary.ts";
import { type FakeDiscord, fakeDiscord } from "./support/fakeDiscord.ts";
import { testWithPrograms } from "./support/needs.ts";
import { projectRoot, run, temporaryDirectory } from "./support/project.ts";

/**
 * What a plain report does, counted: no noise changes it. Each bound is the value when it was set and a little more. A
 * feature that nobody has configured adds nothing; one that each report needs raises the bound, and says so in its commit.
 */
const most = { functions: 1185, statements: 55, fsyncs: 10, filesOpened: 105 };

const grown = (what: string, count: number, bound: number) =>
  count <= bound ? null : `a plain report has ${count} ${what}, of at most ${bound}: see tests/counts.test.ts`;

interface Start {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The third run on a state: the past is known, and the daily errands are done. */
async function thirdRun(discord: FakeDiscord, directory: string, { command, env = {} }: Start): Promise<void> {
  const usual = {
    TZ: "UTC",
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    SERVER_METRICS_ALLOW_HOST: discord.host,
    SERVER_METRICS_STATE_DIR: join(directory, "state"),
    ...onMachine("vps-tokyo"),
  };
  const start = async (prefix: readonly string[], more: Readonly<Record<string, string>>) => {
    const variables = Object.entries({ ...usual, ...more }).map(([name, value]) => `${name}=${value}`);
    expect(await run(["env", "-i", ...variables, ...prefix], { cwd: "/" })).toMatchObject({ status: 0, stderr: "" });
  };
  const program = [await binary, "--sample", "0"];
  await start(program, {});
  await start(program, {});
  await start(command, env);
}

test("a plain report runs few functions", async () => {
  await using discord = await fakeDiscord();
  using directory = temporaryDirectory();
  const order = join(directory.path, "order");
  const command = [await binary, "--sample", "0"];
  await thirdRun(discord, directory.path, { command, env: { BUN_BYTECODE_ORDER_OUT: order } });
  const functions = readFileSync(order, "utf8").match(/^F /gm)?.length ?? Infinity;
  expect(grown("functions", functions, most.functions)).toBeNull();
});

test("a plain report makes few SQL statements", async () => {
  await using discord = await fakeDiscord();
  using directory = temporaryDirectory();
  const file = join(directory.path, "statements");
  const command = [process.execPath, "--preload", join(projectRoot, "tests/support/countSql.ts")];
  const program = [...command, join(projectRoot, "index.ts"), "--sample", "0"];
  await thirdRun(discord, directory.path, { command: program, env: { SQL_COUNT: file } });
  expect(grown("SQL statements", Number(readFileSync(file, "utf8")), most.statements)).toBeNull();
});

testWithPrograms("strace")("a plain report opens few files, and waits for the disk seldom", async () => {
  await using discord = await fakeDiscord();
  using directory = temporaryDirectory();
  const trace = join(directory.path, "trace");
  const traced = [
    "strace",
    "-f",
    "--seccomp-bpf",
    "-qq",
    "-o",
    trace,
    "-e",
    "trace=open,openat,fsync,fdatasync",
    await binary,
  ];
  const env = { PATH: process.env["PATH"] ?? "" };
  await thirdRun(discord, directory.path, { command: [...traced, "--sample", "0"], env });
  const calls = readFileSync(trace, "utf8").split("\n");
  const fsyncs = calls.filter((line) => /^\d+ +f(data)?sync\(/.test(line)).length;
  const opened = calls.filter((line) => /^\d+ +(open(at)?\(|<\.\.\. open(at)? ).*\) += \d+$/.test(line)).length;
  expect(grown("waits for the disk", fsyncs, most.fsyncs)).toBeNull();
  expect(grown("files opened", opened, most.filesOpened)).toBeNull();
});
