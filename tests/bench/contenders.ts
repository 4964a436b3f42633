import { Database } from "bun:sqlite";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { databaseName } from "../../lib/state/directory.ts";
import { writeBigMachine } from "../support/bigMachines.ts";
import { binary } from "../support/binary.ts";
import type { FakeDiscord } from "../support/fakeDiscord.ts";
import { run } from "../support/project.ts";
import { rememberWeek, writeHistory } from "./history.ts";

/** A program to be measured. */
export interface Contender {
  readonly name: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Of this program, what stands behind its name. */
  readonly args?: readonly string[];
  /** Done before each run. */
  readonly prepare?: (() => void) | undefined;
  /** Looked at once, and not in the rounds. */
  readonly isSlow?: true;
  /** Of a program that does not end by itself: what it is started for. */
  readonly use?: () => Promise<void>;
}

/** All that this machine has: this program in several ways, and others. Files go into the directory. */
export async function findContenders(
  directory: string,
  discord: FakeDiscord,
  root: string,
): Promise<readonly Contender[]> {
  const at = (name: string) => join(directory, name);
  // Copied afresh: how a file has come into the page cache decides a tenth of the CPU time.
  const [program, control] = [at("server-metrics"), at("control")];
  for (const copy of [program, control]) copyFileSync(await binary, copy);
  const PATH = process.env["PATH"] ?? "";
  const webhook = {
    PATH,
    DISCORD_WEBHOOK_URL: discord.webhookUrl,
    SERVER_METRICS_ALLOW_HOST: discord.host,
    NODE_EXTRA_CA_CERTS: root,
  };
  const report = (name: string, args: readonly string[], state: string, more = {}): Contender => ({
    name,
    command: [program, ...args],
    args,
    env: { ...webhook, SERVER_METRICS_STATE_DIR: state, ...more },
  });
  const week = (name: string) => rememberWeek(program, at(name), webhook);
  writeHistory(at("year"), 7, 365);
  await Bun.write(at("chart.toml"), 'chart = "always"');
  await Bun.write(at("quiet.toml"), 'chart = "never"');
  await Bun.write(at("zone.toml"), 'timezone = "Asia/Tokyo"');
  await Bun.write(at("digest.toml"), 'digest = "00:00"\nchart = "never"');
  writeBigMachine(at("big"), ["1500-mounts", "300-interfaces", "4000-processes", "256-cores"]);
  writeBigMachine(at("mounts"), ["1500-mounts"]);
  const now = ["--sample", "0"];
  const past = (form: readonly string[]): Contender => ({
    ...report(
      `\`${["history --hours 9600", ...form.slice(0, 1)].join(" ")}\``,
      ["history", "--hours", "9600", ...form],
      at("year"),
    ),
    isSlow: true,
  });
  const rival = process.env["BENCH_RIVAL"];
  const floor = await build(at("floor"), readFileSync("tests/bench/floor.ts", "utf8"));
  return [
    { name: "an empty Bun program", command: [await buildEmpty(at("empty"))], env: {} },
    { name: "the floor: the same job in 35 lines", command: [floor], env: { ...webhook, FLOOR_STATE: at("floor.db") } },
    report("`report --sample 0`", now, await week("week-0")),
    {
      ...report("the same from another copy: the control", now, await week("week-control")),
      command: [control, ...now],
    },
    report("`report --sample 0`, without state", now, "none"),
    report("`report`", [], await week("week")),
    report("`report --sample 0 --layout classic`", [...now, "--layout", "classic"], await week("classic")),
    report("`report --sample 0`, with a timezone", [...now, "--config", at("zone.toml")], await week("zone")),
    report(
      "`report --sample 0 --live`, no chart",
      [...now, "--live", "--config", at("quiet.toml")],
      await week("live"),
    ),
    report("live, keeping its chart", [...now, "--live"], await week("kept")),
    {
      ...report("live, drawing its chart", [...now, "--live"], await week("drawn")),
      prepare: forget(at("drawn"), "live_picture"),
    },
    {
      ...report(
        "`report --sample 0`, the run of the digest",
        [...now, "--config", at("digest.toml")],
        await week("digest"),
      ),
      prepare: forget(at("digest"), "digest_days"),
    },
    report("`report --sample 0` with a chart", [...now, "--config", at("chart.toml")], await week("charted")),
    report("`report --sample 0`, a year of history", now, at("year")),
    report("`report --sample 0`, 1,500 mounts", now, at("mounted"), { SERVER_METRICS_MACHINE: at("mounts") }),
    report("`report`, the big machine", [], at("state-big"), { SERVER_METRICS_MACHINE: at("big") }),
    past([]),
    past(["--csv"]),
    past(["--png", at("history.png")]),
    { name: "bash and curl", command: ["bash", "-c", bashAndCurl], env: { ...webhook, ROOT: root } },
    ...(rival === undefined ? [] : [{ name: "the rival", command: [rival], env: { ...webhook, SSL_CERT_FILE: root } }]),
    ...others(),
  ];
}

const bashAndCurl = `
  body=$(printf '{"content":"%s"}' "$(free -m | awk 'NR == 2 { print $3 }') MB, $(df / | awk 'NR == 2 { print $5 }')")
  curl --silent --cacert "$ROOT" --header 'Content-Type: application/json' --data "$body" "$DISCORD_WEBHOOK_URL"`;

/** Builds a program that does nothing, and returns its path. */
export const buildEmpty = (path: string): Promise<string> => build(path, "");

async function build(path: string, source: string): Promise<string> {
  await Bun.write(`${path}.ts`, source);
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

/** Lets the state forget one thing, so that the next run does it again; the digest of no day counts as wanted. */
function forget(directory: string, name: "live_picture" | "digest_days"): () => void {
  return () => {
    const database = new Database(join(directory, databaseName));
    database.run("UPDATE fact SET value = '[]' WHERE name = ?", [name]);
    database.close();
  };
}
