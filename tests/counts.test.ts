import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { changeKinds } from "../lib/model/change.ts";
import { binary, onMachine } from "./support/binary.ts";
import { type FakeDiscord, fakeDiscord } from "./support/fakeDiscord.ts";
import { testWithPrograms } from "./support/needs.ts";
import { projectRoot, run, temporaryDirectory } from "./support/project.ts";

/**
 * What a plain report does, counted: no noise changes it. Each bound is the value when it was set and a little more. A
 * feature that nobody has configured adds nothing; one that each report needs raises the bound, and says so in its commit.
 */
const most = { functions: 1180, statements: 46, fsyncs: 10, filesOpened: 105 };

/** Of these functions so many are there to look for changes, where nothing changed. */
const mostForChanges = 40;

const grown = (what: string, count: number, bound: number) =>
  count <= bound ? null : `a plain report has ${count} ${what}, of at most ${bound}: see tests/counts.test.ts`;

interface Start {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Also of the runs before. */
  readonly always?: Readonly<Record<string, string>>;
}

/** The third run on a state: the past is known, and the daily errands are done. */
async function thirdRun(
  discord: FakeDiscord,
  directory: string,
  { command, env = {}, always = {} }: Start,
): Promise<void> {
  const usual = {
    TZ: "UTC",
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    SERVER_METRICS_ALLOW_HOST: discord.host,
    SERVER_METRICS_STATE_DIR: join(directory, "state"),
    ...onMachine("vps-tokyo"),
    ...always,
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

/** How many functions the third run calls. */
async function countFunctions(settings = ""): Promise<number> {
  await using discord = await fakeDiscord();
  using directory = temporaryDirectory();
  const [order, file] = [join(directory.path, "order"), join(directory.path, "settings.toml")];
  if (settings !== "") writeFileSync(file, settings);
  const always: Start["always"] = settings === "" ? {} : { SERVER_METRICS_CONFIG: file };
  const command = [await binary, "--sample", "0"];
  await thirdRun(discord, directory.path, { command, always, env: { BUN_BYTECODE_ORDER_OUT: order } });
  return readFileSync(order, "utf8").match(/^F /gm)?.length ?? Infinity;
}

test("a plain report runs few functions", async () => {
  expect(grown("functions", await countFunctions(), most.functions)).toBeNull();
});

test("a look for changes that finds none runs few functions", async () => {
  const settings = (isOn: boolean) => `[changes]\n${changeKinds.map((kind) => `${kind} = ${isOn}\n`).join("")}`;
  const [on, off] = [await countFunctions(settings(true)), await countFunctions(settings(false))];
  expect(grown("functions for changes", on - off, mostForChanges)).toBeNull();
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
