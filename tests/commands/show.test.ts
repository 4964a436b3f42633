import { expect, test } from "bun:test";

import { printRules } from "../../lib/commands/rulesTable.ts";
import { dryRun } from "../../lib/commands/report/dryRun.ts";
import { show } from "../../lib/commands/show.ts";
import { commit } from "../../lib/state/commit.ts";
import { points } from "../../lib/state/history.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { number, openFile, runAt, start } from "../support/stateFile.ts";
import { testHost } from "../support/testHost.ts";
import { testWorld } from "../support/testWorld.ts";

const meminfo = "MemTotal: 2097152 kB\nMemAvailable: 1048576 kB\n";

test.each([
  ["show", show],
  ["--dry-run", dryRun],
  ["check --rules", printRules],
] as const)("a run that commits while %s measures does not wait for it", async (_name, command) => {
  using directory = temporaryDirectory();
  const database = openFile(directory.path);
  commit(database, runAt(start, "card", [number("memory_used_percent", 40)]));
  database.run("PRAGMA busy_timeout = 0");
  const host = testHost({ proc: { meminfo } });
  const readProc: typeof host.readProc = (name, encoding) => {
    if (name === "meminfo") commit(database, runAt(start + 60_000, "card", [number("memory_used_percent", 41)]));
    return host.readProc(name, encoding);
  };
  const world = testWorld();
  const busyWorld = { ...world, machine: { ...world.machine, host: { ...host, readProc } } };
  expect(await command(busyWorld, defaultConfig, { stateDir: directory.path })).toBe(0);
  expect(world.said.out).toMatch(/memory|all well/i);
  expect(points(database, 0, start + 60_000)).toHaveLength(2);
  database.close();
});
