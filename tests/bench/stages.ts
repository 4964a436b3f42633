/**
 * Where the CPU time of a report goes, as `npx bun tests/bench/stages.ts`: medians of 40 runs of a copy that notes its CPU
 * time between the stages, started as cron does, with a state and without the window of the CPU sample.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import { checkout } from "../support/checkout.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { projectRoot, run, temporaryDirectory } from "../support/project.ts";
import { buildEmpty } from "./contenders.ts";
import { measureRun } from "./measure.ts";
import { median, printTable } from "./table.ts";

const rounds = 40;

/** The stages in their order, and the line of a source file that ends each. */
const stages = [
  ["loading this program: its modules, their schemas", "lib/main.ts", "async function runCommand("],
  ["command line (none from cron), settings", "lib/commands/report/report.ts", "  const webhooks = findWebhooks("],
  ["opening the state, checking it, reading what was", "lib/commands/report/report.ts", "  const past = readPast("],
  ["reading the machine", "lib/measure/measure.ts", "  const { readings, sample } = await collect("],
  ["comparing, judging, trends", "lib/commands/report/report.ts", "  const measurement = await measure("],
  ["report, message, one transaction", "lib/commands/report/report.ts", "  const state = saved("],
  [
    "the request, and two transactions around it",
    "lib/commands/report/report.ts",
    "  const flushed = await deliverInTurn(",
  ],
] as const;

/** The sources with a note of the CPU time after each of those lines. */
function noting(): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const [index, [, file, start]] of stages.entries()) {
    const source = files[file] ?? readFileSync(join(projectRoot, file), "utf8");
    const lines = source.split("\n");
    const line = lines.findIndex((text) => text.startsWith(start));
    if (line === -1) throw new Error(`${file} has no line that starts with ${start}`);
    const tell = index === stages.length - 1 ? "console.error(JSON.stringify(globalThis.cpuTimes));" : "";
    const note = `(globalThis.cpuTimes ??= []).push(process.cpuUsage()); ${tell}`;
    files[file] = lines.toSpliced(line + 1, 0, note).join("\n");
  }
  return files;
}

const usages = v.pipe(v.string(), v.parseJson(), v.array(v.object({ user: v.number(), system: v.number() })));

await using discord = await fakeDiscord();
using home = temporaryDirectory();
const at = (name: string) => join(home.path, name);
await Bun.write(at("settings.toml"), "sample = 0");
using tree = checkout(noting());
const webhook = { DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
const built = await tree.build(["--config", at("settings.toml")], webhook);
if (built.status !== 0) throw new Error(built.stderr);
const empty = { name: "", command: [await buildEmpty(at("empty"))], env: {} };

const rows: number[][] = [];
for (let round = 0; round <= rounds; round += 1) {
  const { cpuMs } = await measureRun(empty, discord);
  const env = ["env", "-i", `SERVER_METRICS_STATE_DIR=${at("state")}`];
  const { stderr } = await run([...env, tree.at("dist/server-metrics")]);
  const times = v.parse(usages, stderr).map(({ user, system }) => (user + system) / 1000);
  const all = [0, cpuMs, ...times];
  // The first round warms the caches.
  if (round > 0) rows.push(all.slice(1).map((ms, index) => ms - (all[index] ?? 0)));
}

const names = ["Bun itself, as an empty program", ...stages.map(([name]) => name)];
printTable(
  ["stage", "CPU"],
  names.map((name, index) => [name, `${median(rows.map((row) => row[index] ?? Number.NaN)).toFixed(1)} ms`]),
);
