/**
 * What remembering costs, as `bun tests/bench/state.ts` after `sh build.sh --out dist/test`: CPU time of a run of the
 * compiled binary, children included, with a state against one without, with the history of a year against that of a
 * day; and how large the file gets. Rounds alternate, so that a busy machine hits all alike; the median counts.
 *
 * Aims: at most 6 ms more with a state, no more with a year than with a day, a file below 32 MB.
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { databaseName, openDatabase } from "../../lib/state/database.ts";
import { maintain, record } from "../../lib/state/history.ts";
import { binary, machinesDirectory } from "../support/binary.ts";
import { type FakeDiscord, fakeDiscord } from "../support/fakeDiscord.ts";
import { temporaryDirectory } from "../support/project.ts";

const rounds = 31;
const minuteMs = 60_000;
/** When the captured machine was looked at, so that its runs come right after the history. */
const now = Date.parse("2026-08-01T12:00:00Z");

const program = await binary;
const environment = (discord: FakeDiscord) => ({
  PATH: process.env["PATH"] ?? "",
  DISCORD_WEBHOOK_URL: discord.webhookUrl,
  SERVER_METRICS_ALLOW_HOST: discord.host,
  SERVER_METRICS_MACHINE: join(machinesDirectory, "idle"),
});

/** CPU time of one run, in milliseconds. */
async function cpuMs(discord: FakeDiscord, stateDirectory: string): Promise<number> {
  const command = [program, "--sample", "0", "--state-dir", stateDirectory];
  const child = Bun.spawn(command, { env: environment(discord), stdout: "ignore", stderr: "inherit" });
  if ((await child.exited) !== 0) throw new Error(`ended with ${child.exitCode}`);
  return Number(child.resourceUsage()?.cpuTime.total ?? 0) / 1000;
}

/** The keys of the numbers of a run on a machine with a lot to tell: as many as are kept. */
function numbersAt(minute: number): ReadonlyMap<string, number> {
  const keys = Array.from({ length: 120 }, (_, index) => `storage_used_percent{mount="/srv/volume-${index}"}`);
  return new Map(keys.toSorted().map((key, index) => [key, 50 + 40 * Math.sin(minute / (100 + index)) + index / 7]));
}

/** Writes a history that ends now: single runs each minute for some days, hours for some more. */
function writeHistory(directory: string, minutesOfRuns: number, daysOfHours: number): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const opened = openDatabase(directory, now);
  if (opened.kind !== "open") throw new Error(opened.reason);
  const { database } = opened;
  database.run("PRAGMA synchronous = OFF");
  database.transaction(() => {
    for (let hour = daysOfHours * 24; hour * 60 > minutesOfRuns; hour -= 1) {
      record(database, now - hour * 60 * minuteMs, numbersAt(-hour * 60));
    }
    for (let minute = minutesOfRuns; minute > 0; minute -= 1) {
      record(database, now - minute * minuteMs, numbersAt(-minute));
    }
    maintain(database, now);
  })();
  database.close();
  return directory;
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The medians of several ways to run, taken in turns. */
async function compare(ways: Readonly<Record<string, string>>): Promise<Readonly<Record<string, number>>> {
  await using discord = await fakeDiscord();
  const taken = Object.entries(ways).map(([name, directory]) => ({ name, directory, values: new Array<number>() }));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { directory, values } of taken) {
      const ms = await cpuMs(discord, directory);
      // The first round warms the caches, and makes the files.
      if (round > 0) values.push(ms);
    }
  }
  return Object.fromEntries(taken.map(({ name, values }) => [name, median(values)]));
}

using directory = temporaryDirectory();
const at = (name: string) => join(directory.path, name);
const eightDays = 8 * 24 * 60;
writeHistory(at("full"), eightDays, 400);
const bytes = statSync(join(at("full"), databaseName)).size;
const medians = await compare({
  none: "none",
  new: at("new"),
  day: writeHistory(at("day"), 24 * 60, 1),
  year: writeHistory(at("year"), 7 * 24 * 60, 365),
});
const ms = (name: string) => (medians[name] ?? Number.NaN).toFixed(1);
const against = (one: string, other: string) => {
  const [a = Number.NaN, b = Number.NaN] = [medians[one], medians[other]];
  return `${a >= b ? "+" : ""}${(a - b).toFixed(1)} ms, ratio ${(a / b).toFixed(3)}`;
};
console.log(`CPU time of a run, median of ${rounds}:`);
console.log(`  without a state         ${ms("none")} ms`);
console.log(`  with a new state        ${ms("new")} ms  (${against("new", "none")} against none)`);
console.log(`  with a day of history   ${ms("day")} ms  (${against("day", "none")} against none)`);
console.log(`  with a year of history  ${ms("year")} ms  (${against("year", "day")} against a day)`);
console.log(`120 numbers, a run a minute for 8 days, hours for 400: ${(bytes / 1e6).toFixed(1)} MB`);
