import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { version } from "../package.json";
import { type Plenty, writeBigMachine } from "./support/bigMachines.ts";
import { binary, machinesDirectory } from "./support/binary.ts";
import { violations } from "./support/discordContract.ts";
import { ReportDocument } from "./support/documents.ts";
import { run, temporaryDirectory } from "./support/project.ts";

/** Goldens are written by a person who then reads them, never where nobody does. */
const updating = process.env["UPDATE_GOLDEN"] === "1" && !process.env["CI"];

async function measure(directory: string, args: readonly string[]): Promise<string> {
  const env = { SERVER_METRICS_MACHINE: directory, SERVER_METRICS_STATE_DIR: "none", TZ: "UTC", HOME: "/nonexistent" };
  const { status, stdout, stderr } = await run([await binary, ...args], { env });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.replaceAll(version, "VERSION");
}

const showJson = async (directory: string): Promise<Shown> =>
  v.parse(ReportDocument, JSON.parse(await measure(directory, ["show", "--json"])));

/** What a machine's report says that the report of the machine below it does not; of one that lies over none, all. */
async function tell(name: string): Promise<unknown> {
  const directory = join(machinesDirectory, name);
  const { base } = JSON.parse(readFileSync(join(directory, "machine.json"), "utf8")) as { base?: string };
  const shown = await showJson(directory);
  if (base === undefined) return shown;
  return difference(byKey(await showJson(join(directory, base))), byKey(shown));
}

const byKey = (shown: Shown) => ({
  ...shown,
  observations: Object.fromEntries(shown.observations.map(({ key, value, unit }) => [key, `${value} ${unit}`])),
});

function difference(before: unknown, now: unknown): unknown {
  if (!isRecord(before) || !isRecord(now)) return now;
  const changed = Object.keys({ ...before, ...now }).filter((name) => !Bun.deepEquals(before[name], now[name]));
  return Object.fromEntries(
    changed.map((name) => [name, name in now ? difference(before[name], now[name]) : "is not there"]),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The messages that would be sent, each of them one that Discord takes. */
async function dryRun(directory: string): Promise<readonly unknown[]> {
  const bodies = (await measure(directory, ["--dry-run"])).split(/^POST .*$/m).slice(1);
  const messages = bodies.map((body) => JSON.parse(body) as unknown);
  for (const message of messages) expect(violations(message)).toBeUndefined();
  expect(messages).not.toEqual([]);
  return messages;
}

type Shown = v.InferOutput<typeof ReportDocument>;

function compareWithGolden(file: string, actual: unknown): void {
  if (updating) writeFileSync(file, JSON.stringify(actual));
  expect(actual).toEqual(JSON.parse(readFileSync(file, "utf8")));
}

const names = readdirSync(machinesDirectory).filter((name) => statSync(join(machinesDirectory, name)).isDirectory());

describe.each(names.map((name) => [name]))("%s", (name) => {
  const directory = join(machinesDirectory, name);

  test("is reported as the golden file says", async () => {
    compareWithGolden(join(directory, "golden.json"), await tell(name));
  });

  test("is told in messages that Discord takes", async () => {
    const messages = await dryRun(directory);
    if (existsSync(join(directory, "messages.json"))) compareWithGolden(join(directory, "messages.json"), messages);
  });
});

/** Makes a big machine, and removes it with the scope. */
function make(name: Plenty) {
  const directory = temporaryDirectory();
  writeBigMachine(directory.path, [name]);
  return directory;
}

const valueOf = (shown: Shown, key: string) => shown.observations.find((observation) => observation.key === key)?.value;

test("1,500 mounts are all measured, each once, and the card counts those that it leaves out", async () => {
  using machine = make("1500-mounts");
  const shown = await showJson(machine.path);
  const rows = shown.observations.filter(({ key }) => key.startsWith("storage_used_percent{"));
  expect(rows).toHaveLength(1500);
  expect(valueOf(shown, 'storage_used_percent{mount="/mnt/1499"}')).toBeCloseTo(99, 5);
  expect(shown.verdict).toBe("critical");
  expect(JSON.stringify(await dryRun(machine.path))).toMatch(/\+\d+ more/);
});

test("4,000 processes are counted, and the largest are found whatever they are called", async () => {
  using machine = make("4000-processes");
  const shown = await showJson(machine.path);
  expect(valueOf(shown, "processes_count")).toBe(4000);
  const top = JSON.stringify(shown.readings["topProcesses"]);
  expect(top).toContain("big) S 1 (one");
  await dryRun(machine.path);
});

test("300 interfaces are no reason for a message that Discord refuses", async () => {
  using machine = make("300-interfaces");
  const shown = await showJson(machine.path);
  expect(valueOf(shown, 'network_receive_bytes_total{interface="eth299"}')).toBe(299_000);
  await dryRun(machine.path);
});
