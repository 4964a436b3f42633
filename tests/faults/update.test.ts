import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { FakeDiscord } from "../support/fakeDiscord.ts";
import { projectRoot } from "../support/project.ts";
import { type Life, startLife } from "./life.ts";

/** The state that 0.1.0 left behind, with or without what waits in it. */
function oldState({ waiting }: { readonly waiting: boolean }): Uint8Array {
  const old = Bun.gunzipSync(readFileSync(join(projectRoot, "tests/state/state-0.1.0.db.gz")));
  if (waiting) return old;
  using database = Database.deserialize(old);
  database.run("DELETE FROM outbox");
  return database.serialize();
}

/** The machine as it was when 0.1.0 last looked: without inodes, and in the same boot. */
function oldMachine({ directory, now }: Pick<Life, "directory" | "now">, more: object = {}): string {
  const machine = join(directory, "old");
  for (const folder of ["random", "../net/netfilter", "../fs"])
    mkdirSync(join(machine, "proc/sys/kernel", folder), { recursive: true });
  const sizes = { totalBytes: 53_687_091_200, freeBytes: 26_843_545_600, availableBytes: 24_159_191_040 };
  const statfs = { "/": { ...sizes, inodes: 3_276_800, inodesFree: 0 } };
  const base = join(projectRoot, "tests/machines/vps-tokyo");
  writeFileSync(join(machine, "machine.json"), JSON.stringify({ base, takenAt: now(), statfs, ...more }));
  const uptime = 2_000_000 + (Date.parse(now()) - Date.parse("2026-07-10T09:00:00Z")) / 1000;
  writeFileSync(join(machine, "proc/uptime"), `${uptime}.00 0.00\n`);
  writeFileSync(join(machine, "proc/sys/kernel/random/boot_id"), "boot-1\n");
  return machine;
}

const titlesIn = ({ messages }: FakeDiscord) =>
  messages.map((message) => /"(?:title|content)":"([^"]*)"/.exec(JSON.stringify(message))?.[1]);

test("the first run on a state of 0.1.0 sends what waits, keeps the history, and tells nothing again", async () => {
  await using life = await startLife(Date.parse("2026-07-10T13:00:00Z"));
  mkdirSync(life.stateDirectory, { mode: 0o700 });
  writeFileSync(join(life.stateDirectory, "state.db"), oldState({ waiting: true }));
  const machine = oldMachine(life);
  expect((await life.run({ environment: { SERVER_METRICS_MACHINE: machine } })).status).toBe(0);
  const titles = titlesIn(life.discord);
  // The alert and the two cards that waited, and this run's card.
  expect(titles).toHaveLength(4);
  expect(titles.filter((title) => title?.includes("vps-tokyo: "))).toEqual(["🔴 vps-tokyo: inodes of / 100 % used"]);
  const { stdout } = await life.run({ command: (program) => [program, "history", "--json"] });
  expect(JSON.parse(stdout)).toMatchObject({ runs: 9 });
});

test("what new rules find at the first look on a state of 0.1.0 is one message, and told as that", async () => {
  await using life = await startLife(Date.parse("2026-07-10T13:00:00Z"));
  mkdirSync(life.stateDirectory, { mode: 0o700 });
  writeFileSync(join(life.stateDirectory, "state.db"), oldState({ waiting: false }));
  const machine = oldMachine(life);
  writeFileSync(join(machine, "proc/sys/net/netfilter/nf_conntrack_count"), "65000\n");
  writeFileSync(join(machine, "proc/sys/net/netfilter/nf_conntrack_max"), "65536\n");
  const array = "md0 : inactive sdb1[1](S)\n      1046528 blocks super 1.2\n";
  writeFileSync(join(machine, "proc/mdstat"), `Personalities : [raid1]\n${array}\nunused devices: <none>\n`);
  for (let look = 0; look < 3; look += 1) {
    expect(
      (await life.run({ environment: { SERVER_METRICS_MACHINE: machine }, arguments: ["--only-changes"] })).status,
    ).toBe(0);
    life.pass(30);
    oldMachine(life);
  }
  expect(titlesIn(life.discord)).toEqual(["🟥 Conntrack table 99.2\u00A0% full: critical, +1 (new version)"]);
});

test("what a new rule believes at its second look only is told as found by the new version, and what began later is not", async () => {
  await using life = await startLife(Date.parse("2026-07-10T13:00:00Z"));
  mkdirSync(life.stateDirectory, { mode: 0o700 });
  writeFileSync(join(life.stateDirectory, "state.db"), oldState({ waiting: false }));
  const machine = oldMachine(life);
  for (const open of [75, 75, 5, 5, 5, 75, 75, 75]) {
    writeFileSync(join(machine, "proc/sys/fs/file-nr"), `${open}000\t0\t100000\n`);
    const run = { environment: { SERVER_METRICS_MACHINE: machine }, arguments: ["--only-changes"] };
    expect((await life.run(run)).status).toBe(0);
    life.pass(30);
    oldMachine(life);
  }
  expect(titlesIn(life.discord).map((title) => title?.replace(/ back to .*/, " back"))).toEqual([
    "⚠️ Open files 75\u00A0% of the limit: warning (new version)",
    "🟢 Open files back",
    "⚠️ Open files 75\u00A0% of the limit: warning",
  ]);
});

/** What 0.1.0 remembered of one unhealthy container that it had told of. */
const toldUnhealthy = {
  severity: "warning",
  worst: "warning",
  said: "warning",
  sinceMs: 1_783_684_800_000,
  endedMs: 1_783_674_000_000,
  saidMs: 1_783_684_800_000,
  seenMs: 1_783_686_600_000,
  overWarning: 2,
  overCritical: 0,
  clearWarning: 0,
  clearCritical: 0,
  turns: [],
  up: true,
  flapping: false,
  accepted: false,
  last: { labels: {}, value: 1 },
};

/** The titles after looks at an engine with a container of such health, on a state of 0.1.0; null for one that does not answer. */
async function toldOf(healths: readonly (string | null)[]) {
  await using life = await startLife(Date.parse("2026-07-10T13:00:00Z"));
  mkdirSync(life.stateDirectory, { mode: 0o700 });
  using old = Database.deserialize(oldState({ waiting: false }));
  old.run(
    `UPDATE fact SET value = json_set(value, '$."containers containers_unhealthy"', json(?)) WHERE name = 'alerts'`,
    [JSON.stringify(toldUnhealthy)],
  );
  writeFileSync(join(life.stateDirectory, "state.db"), old.serialize());
  for (const health of healths) {
    const engine = [{ Id: "b".repeat(64), Names: ["/db"], State: "running", Status: `Up 2 hours (${health})` }];
    const getUnix = { "/var/run/docker.sock /containers/json?all=1": JSON.stringify(engine) };
    const machine = oldMachine(life, health === null ? {} : { getUnix });
    const run = { environment: { SERVER_METRICS_MACHINE: machine }, arguments: ["--only-changes"] };
    expect((await life.run(run)).status).toBe(0);
    life.pass(30);
  }
  return titlesIn(life.discord);
}

test("an unhealthy container that 0.1.0 told of, under another name, is not told again, and its end is", async () => {
  expect(await toldOf(["unhealthy", "unhealthy", "unhealthy", "healthy", "healthy", "healthy"])).toEqual([
    "🟢 Container db healthy again, after 3\u00A0h",
  ]);
});

test("what 0.1.0 told of containers and was over before the first look of this version is told as over, once", async () => {
  expect(await toldOf([null, "healthy", "healthy"])).toEqual([
    "🟢 All containers healthy again, after 1\u00A0h 30\u00A0min",
  ]);
});
