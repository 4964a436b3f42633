import { join } from "node:path";

import { writeBigMachine } from "../support/bigMachines.ts";
import { binary } from "../support/binary.ts";
import type { FakeDiscord } from "../support/fakeDiscord.ts";
import { run } from "../support/project.ts";
import { writeHistory } from "./history.ts";

/** A program to be measured. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of a program that does not end by itself: what it is started for. */
  readonly use?: () => Promise<void>;
}

/** All that this machine has: this program in several ways, and others. Files go into the directory. */
export async function findContenders(directory: string, discord: FakeDiscord): Promise<readonly Contender[]> {
  const program = await binary;
  const at = (name: string) => join(directory, name);
  const PATH = process.env["PATH"] ?? "";
  const webhook = { PATH, DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host };
  const report = (name: string, args: readonly string[], state: string, more = {}): Contender => ({
    name,
    command: [program, ...args],
    env: { ...webhook, SERVER_METRICS_STATE_DIR: state, ...more },
  });
  writeHistory(at("year"), 7, 365);
  writeHistory(at("charted"), 1, 2);
  await Bun.write(at("chart.toml"), 'chart = "always"');
  writeBigMachine(at("big"), ["1500-mounts", "300-interfaces", "4000-processes", "256-cores"]);
  const rival = process.env["BENCH_RIVAL"];
  return [
    { name: "an empty Bun program", command: [await buildEmpty(at("empty"))], env: {} },
    report("`report --sample 0`, without state", ["--sample", "0"], "none"),
    report("`report --sample 0`", ["--sample", "0"], at("state-0")),
    report("`report`", [], at("state")),
    report("`report` with a chart", ["--config", at("chart.toml")], at("charted")),
    report("`report`, a year of history", [], at("year")),
    report("`report`, the big machine", [], at("state-big"), { SERVER_METRICS_MACHINE: at("big") }),
    ...(rival === undefined ? [] : [{ name: "the rival", command: [rival], env: webhook }]),
    ...others(),
  ];
}

/** Builds a program that does nothing, and returns its path. */
export async function buildEmpty(path: string): Promise<string> {
  await Bun.write(`${path}.ts`, "");
  const flags = ["--compile", "--bytecode", "--format=esm", "--outfile", path];
  await run(["node_modules/.bin/bun", "build", ...flags, `${path}.ts`]);
  return path;
}

/** Programs that tell about a machine, too, where they are installed. */
function others(): readonly Contender[] {
  const env = { PATH: process.env["PATH"] ?? "", HOME: "/root" };
  const [address, use] = ["127.0.0.1:19100", async () => scrape("127.0.0.1:19100")];
  const exporter = (name: string) => ({ name, command: [name, `--web.listen-address=${address}`], env, use });
  const all: readonly Contender[] = [
    { name: "neofetch", command: ["neofetch", "--stdout"], env },
    { name: "glances", command: ["glances", "--stdout", "cpu,mem,load,fs", "--stop-after", "1"], env },
    exporter("node_exporter"),
    exporter("prometheus-node-exporter"),
  ];
  return all.filter(({ command }) => Bun.which(command[0] ?? "") !== null);
}

async function scrape(address: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://${address}/metrics`).catch(() => null);
    if (answer !== null) return void (await answer.text());
  }
}
