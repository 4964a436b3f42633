import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";

import { jsonText } from "../lib/format.ts";
import { version } from "../package.json";
import { type Plenty, writeBigMachine } from "./support/bigMachines.ts";
import { binary } from "./support/binary.ts";
import { violations } from "./support/discordContract.ts";
import { ReportDocument } from "./support/documents.ts";
import { differenceOf, expectGolden, linesOf, textOf } from "./support/golden.ts";
import { machinesDirectory, run, temporaryDirectory } from "./support/project.ts";

async function measure(directory: string, args: readonly string[]): Promise<string> {
  const env = { SERVER_METRICS_MACHINE: directory, SERVER_METRICS_STATE_DIR: "none", TZ: "UTC", HOME: "/nonexistent" };
  const { status, stdout, stderr } = await run([await binary, ...args], { env });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  return stdout.replaceAll(version, "VERSION");
}

const showJson = async (directory: string): Promise<Shown> =>
  v.parse(ReportDocument, JSON.parse(await measure(directory, ["show", "--json"])));

const asked = new Map<string, Promise<Shown>>();

/** The same, asked once: many machines have the same base. */
function shownOnce(directory: string): Promise<Shown> {
  const showing = asked.get(directory) ?? showJson(directory);
  asked.set(directory, showing);
  return showing;
}

/** What the report of a machine says; of a machine with a base, only what the report of the base does not say. */
async function goldenOf(name: string): Promise<string> {
  const directory = join(machinesDirectory, name);
  const { base } = JSON.parse(readFileSync(join(directory, "machine.json"), "utf8")) as { base?: string };
  const lines = linesOf(await shownOnce(directory));
  return textOf(base === undefined ? lines : differenceOf(lines, linesOf(await shownOnce(join(directory, base)))));
}

/** The messages of `--dry-run`, after making sure that Discord takes each of them. */
async function dryRun(directory: string): Promise<string> {
  const { requests } = v.parse(Requests, JSON.parse(await measure(directory, ["--dry-run", "--json"])));
  for (const { body } of requests) expect(violations(body)).toBeUndefined();
  expect(requests).not.toEqual([]);
  return requests.map(({ method, to, body }) => `${method} (${to})\n${jsonText(body)}`).join("");
}

const Requests = v.object({
  requests: v.array(v.object({ method: v.string(), to: v.string(), body: v.unknown() })),
});

type Shown = v.InferOutput<typeof ReportDocument>;

const names = readdirSync(machinesDirectory).filter((name) => statSync(join(machinesDirectory, name)).isDirectory());

describe.each(names.map((name) => [name]))("%s", (name) => {
  const directory = join(machinesDirectory, name);

  test("is reported as the golden file says", async () => {
    expectGolden(join(directory, "golden.txt"), await goldenOf(name));
  });

  test("is told in messages that Discord takes", async () => {
    const printed = await dryRun(directory);
    const golden = join(directory, "messages.txt");
    if (existsSync(golden)) expectGolden(golden, printed);
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
  expect(await dryRun(machine.path)).toMatch(/\d+ more, see/);
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
