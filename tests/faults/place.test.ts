import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { takeLock } from "../../lib/state/lock.ts";
import { openNamespace } from "../support/namespace.ts";
import { testWith } from "../support/needs.ts";
import { cardsIn, startLife } from "./life.ts";

/** No directory is named, so that the customary places count. */
const unnamed = { SERVER_METRICS_STATE_DIR: "", STATE_DIRECTORY: "", XDG_STATE_HOME: "" };

test("a home behind a link has a state like any other", async () => {
  await using life = await startLife();
  mkdirSync(join(life.directory, "real"));
  symlinkSync("real", join(life.directory, "home"));
  const environment = { ...unnamed, HOME: join(life.directory, "home") };
  for (let run = 0; run < 3; run += 1) {
    expect((await life.run({ environment })).status).toBe(0);
    life.pass(30);
  }
  const { stdout } = await life.run({ environment, command: (program) => [program, "history", "--json"] });
  expect(JSON.parse(stdout)).toMatchObject({ runs: 3 });
});

testWith()("root keeps its state in /var/lib when the place is there, and check makes none elsewhere", async () => {
  await using life = await startLife();
  await using machine = await openNamespace();
  await machine.shell("mount -t tmpfs tmpfs /var/lib && mkdir -m 700 /var/lib/server-metrics && mkdir $W/home");
  const home = join(machine.directory, "home");
  const options = { prefix: machine.enter([]), environment: { ...unnamed, HOME: home } };
  const command = (word: string) => (program: string) => [program, word];
  const before = await life.run({ ...options, command: command("check") });
  expect(before.stdout).toContain("/var/lib/server-metrics; not created yet");
  expect((await life.run(options)).status).toBe(0);
  const shown = await machine.shell("ls /var/lib/server-metrics; ls -A $W/home");
  expect(shown.trim().split("\n")).toEqual(["lock.db", "state.db", "state.db-journal"]);
  const { stdout } = await life.run({ ...options, command: (program) => [program, "history", "--json"] });
  expect(JSON.parse(stdout)).toMatchObject({ runs: 1 });
});

test("a FIFO in the place of the journal does not keep the report", async () => {
  await using life = await startLife();
  await life.run();
  rmSync(join(life.stateDirectory, "state.db-journal"));
  Bun.spawnSync(["mkfifo", join(life.stateDirectory, "state.db-journal")]);
  life.pass(30);
  expect((await life.run()).status).toBe(73);
  expect(cardsIn(life.discord)).toHaveLength(2);
});

test("behind a run that was stopped a report goes out without a state, and says so", async () => {
  await using life = await startLife();
  await life.run();
  const lock = takeLock(life.stateDirectory, Date.parse(life.now()));
  life.pass(30);
  const { status, stderr } = await life.run();
  expect(status).toBe(73);
  expect(stderr).toContain("is held by a run that should have ended");
  expect(JSON.stringify(life.discord.messages.at(-1))).toContain("is held by a run that should have ended");
  expect(readdirSync(life.stateDirectory).toSorted()).toEqual(["lock.db", "state.db", "state.db-journal"]);
  // Referred to until here, or it would be collected and be free.
  expect(lock).toMatchObject({ kind: "taken" });
});

testWith("bindfs")("a state behind a server that does not answer costs the state, and not the report", async () => {
  await using life = await startLife();
  await using machine = await openNamespace({ processes: true });
  await machine.shell("mkdir $W/source $W/hung && bindfs $W/source $W/hung && kill -STOP $(pidof bindfs)");
  const environment = { SERVER_METRICS_STATE_DIR: join(machine.directory, "hung/state") };
  const { status, stderr } = await life.run({ prefix: machine.enter([]), environment });
  expect({ status, stderr }).toEqual({ status: 73, stderr: expect.stringContaining("does not answer") });
  expect(cardsIn(life.discord)).toHaveLength(1);
  expect(existsSync(life.stateDirectory)).toBe(false);
});
