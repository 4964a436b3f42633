import { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { readPast } from "../../lib/state/past.ts";
import {
  expectedSchema,
  fingerprintOf,
  fingerprints,
  hasItsSchema,
  migrate,
  schemaVersion,
} from "../../lib/state/schema.ts";
import { projectRoot, temporaryDirectory } from "../support/project.ts";
import { openFile, titles } from "../support/stateFile.ts";

/**
 * The state of a real 0.1.0: eight runs half an hour apart, from 2026-07-10T09:00Z on. Before the last two the root file
 * system had run out of inodes and the network was gone, so an alert and two cards wait.
 */
const oldState = () => Bun.gunzipSync(readFileSync(join(projectRoot, "tests/state/state-0.1.0.db.gz")));
const lastRunMs = Date.parse("2026-07-10T12:30:00Z");

test("the written fingerprint of each version is that of its tables, so no step has changed", () => {
  const versions = Array.from({ length: schemaVersion }, (_, index) => index + 1);
  expect(versions.map((version) => fingerprintOf(expectedSchema(version)))).toEqual([...fingerprints]);
});

test("the tables that 0.1.0 made are those of its version", () => {
  using database = Database.deserialize(oldState());
  expect(hasItsSchema(database)).toBe(true);
});

test("a state of 0.1.0 keeps its history, what waits, and the alerts under way", () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "state.db"), oldState());
  using database = openFile(directory.path, lastRunMs);
  expect(database.query("PRAGMA user_version").get()).toEqual({ user_version: schemaVersion });
  expect(titles(database)).toEqual([
    "🔴 vps-tokyo: inodes of / 100 % used",
    "🔴 vps-tokyo — critical: inodes of / 100 % used",
    "🔴 vps-tokyo — critical: inodes of / 100 % used",
  ]);
  const past = readPast(database);
  expect(past.lastRun?.takenAtMs).toBe(lastRunMs);
  expect(past.runsSince(0)).toHaveLength(8);
  expect(past.hoursSince(0)).toHaveLength(4);
  expect(past.incidents).toHaveLength(1);
  const under = Object.entries(past.alertStates).filter(([, { severity }]) => severity !== null);
  expect(under).toMatchObject([
    ['storage_inodes storage_inodes_used_percent{mount="/"}', { severity: "critical", said: "critical" }],
  ]);
  expect(Object.keys(past.alertStates)).toHaveLength(15);
});

test("alerts of 0.1.0 that are no JSON any more are forgotten, and nothing else", () => {
  using database = Database.deserialize(oldState());
  database.run("UPDATE fact SET value = '{' WHERE name = 'alerts'");
  migrate(database);
  expect(readPast(database)).toMatchObject({ alertStates: {}, lastRun: { takenAtMs: lastRunMs } });
});
