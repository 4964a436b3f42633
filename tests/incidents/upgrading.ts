/**
 * Upgrades a Debian from one release to the next, `upgrading.ts ARCHIVE PROGRAM DIRECTORY PACKAGES`, in a namespace of its
 * own, with a look after each so many packages and while dpkg is at work; prints what the looks found as JSON. Then
 * somebody breaks in.
 */
import { Database } from "bun:sqlite";
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { readChanges } from "../../lib/state/changes.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { breakIns } from "./breakIns.ts";

const [, , archive = "", program = "", directory = "", most = "100"] = process.argv;
const root = join(directory, "root");
const env = { HOME: "/root", PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" };
const minuteMs = 60_000;

/** Runs a script in the Debian; its output goes to where it is not read through a pipe that a service keeps open. */
function start(script: string) {
  const log = Bun.file(join(directory, "log"));
  const command = ["chroot", root, "sh", "-c", script];
  return Bun.spawn(command, { env: { ...env, DEBIAN_FRONTEND: "noninteractive" }, stdout: log, stderr: log });
}

async function shell(script: string): Promise<void> {
  const status = await start(script).exited;
  if (status !== 0) throw new Error(`${(await Bun.file(join(directory, "log")).text()).slice(-2000)}\nin ${script}`);
}

function textOf(...command: readonly string[]): string {
  return Bun.spawnSync(["chroot", root, ...command], { env }).stdout.toString();
}

function open(): void {
  mkdirSync(root);
  const script = `
tar -xf "$1" -C "$2"
mount -t proc proc "$2/proc"
mount -t tmpfs -o mode=755 tmpfs "$2/run"
mount -t tmpfs -o mode=755 tmpfs "$2/dev"
mkdir -m 1777 "$2/dev/shm"; mkdir -p "$2/run/lock" "$2/run/sshd"
for name in null zero full random urandom tty; do cp -a "/dev/$name" "$2/dev/"; done
ln -s /proc/self/fd "$2/dev/fd"`;
  const { success, stderr } = Bun.spawnSync(["sh", "-euc", script, "sh", archive, root]);
  if (!success) throw new Error(stderr.toString());
  cpSync(program, join(root, "usr/local/bin/server-metrics"));
}

await using discord = await fakeDiscord();
const state = join(root, "var/lib/server-metrics");
let looks = 0;

const report = "exec server-metrics --sample 0 --only-changes --config /etc/server-metrics.toml";

/** Lets minutes pass: what was remembered is so much older. */
function pass(minutes: number): void {
  using database = new Database(join(state, "state.db"));
  const rows = database.query<{ name: string; value: string }, []>("SELECT name, value FROM fact").all();
  for (const { name, value } of rows) {
    const older = value.replace(/(?<!\d)1[7-9]\d{11}(?!\d)/g, (ms) => String(Number(ms) - minutes * minuteMs));
    database.run("UPDATE fact SET value = ? WHERE name = ?", [older, name]);
  }
}

async function look(minutesLater: number, command = report): Promise<void> {
  if (looks > 0) pass(minutesLater);
  looks += 1;
  const child = Bun.spawn(["chroot", root, "sh", "-c", command], {
    env: { ...env, DISCORD_WEBHOOK_URL: discord.webhookUrl, SERVER_METRICS_ALLOW_HOST: discord.host },
    stdout: "ignore",
    stderr: "pipe",
  });
  const problem = await child.stderr.text();
  if ((await child.exited) !== 0) throw new Error(`the look ended with ${child.exitCode}: ${problem}`);
}

/** What the looks found since the last one that was asked for, oldest first. */
let told = 0;
function found() {
  using database = new Database(join(state, "state.db"), { readonly: true });
  const all = readChanges(database, 0).toReversed();
  const fresh = all.slice(told);
  told = all.length;
  return fresh;
}

interface Step {
  readonly name: string;
  readonly looks: number;
  readonly changed: number;
  readonly found: ReturnType<typeof found>;
}

const versions = () =>
  new Map(
    textOf("dpkg-query", "-W", "-f", "${Package}\\t${Version}\\t${db:Status-Abbrev}\\n")
      .split("\n")
      .filter(Boolean)
      .map((line) => [line.split("\t", 1)[0] ?? "", line] as const),
  );

/** Looks while a step is at work, after it, and on the next day. */
async function step(name: string, script: string): Promise<Step> {
  const [before, first] = [versions(), looks];
  const work = start(script);
  while (work.exitCode === null) await look(5, `sleep 1; ${report}`);
  if (work.exitCode !== 0) throw new Error(`${name}: ${(await Bun.file(join(directory, "log")).text()).slice(-2000)}`);
  await look(5);
  await look(5);
  await look(24 * 60);
  const after = versions();
  const changed =
    [...after].filter(([one, line]) => before.get(one) !== line).length +
    [...before.keys()].filter((one) => !after.has(one)).length;
  return { name, looks: looks - first, changed, found: found() };
}

open();
mkdirSync(state, { mode: 0o700 });
const off = ["cpu_busy", "cpu_steal", "cpu_iowait", "load", "memory", "swap_used", "temperature", "reboot", "clock"];
await Bun.write(
  join(root, "etc/server-metrics.toml"),
  `name = "vps"\n[rules]\n${off.map((rule) => `${rule} = false\n`).join("")}`,
);
for (const service of ["ssh", "cron", "nginx", "postgresql"]) await shell(`service ${service} start`);
await look(0);
await look(5);
await look(24 * 60);

const apt = "apt-get -y --no-download -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold";
const simulated = textOf("apt-get", "-s", "dist-upgrade");
const names = Array.from(simulated.matchAll(/^Inst (\S+) \[/gm), ([, name = ""]) => name).toSorted();
const steps: Step[] = [{ name: "before", looks, changed: 0, found: found() }];
for (let at = 0; at < names.length; at += Number(most)) {
  const slice = names.slice(at, at + Number(most));
  steps.push(await step(`${slice[0]} to ${slice.at(-1)}`, `${apt} install --only-upgrade ${slice.join(" ")}`));
}
steps.push(await step("dist-upgrade", `${apt} dist-upgrade`));
steps.push(await step("autoremove", `${apt} --purge autoremove`));

const intrusions: { readonly name: string; readonly found: ReturnType<typeof found> }[] = [];
for (const { name, script, minutes } of breakIns) {
  await shell(script);
  await look(minutes);
  intrusions.push({ name, found: found() });
}
// A card makes no sound.
const loud = discord.messages.map((message) => JSON.stringify(message)).filter((text) => !text.includes('"flags":'));
console.log(JSON.stringify({ looks, steps, intrusions, loud }));
process.exit(0);
