import { expect, test } from "bun:test";

import { newTarget } from "../../lib/alerts/state.ts";
import { readTargets, writeTargets } from "../../lib/state/targets.ts";
import { inMemory, minuteMs, start } from "../support/stateFile.ts";

test("a target that is well is kept as its key alone", () => {
  using database = inMemory();
  const well = {
    ...newTarget(start),
    clear: { warning: { looks: 8, ms: 0 }, critical: { looks: 8, ms: 0 } },
    last: { labels: { mount: "/" }, value: 41 },
  };
  writeTargets(database, { "storage_used x": well }, start);
  expect(database.query("SELECT * FROM target").all()).toEqual([{ key: "storage_used x", state: null }]);
  expect(readTargets(database, start)).toEqual({ "storage_used x": newTarget(start) });
});

test("an incident, an accepted target, and one that was not seen now come back as they were", () => {
  using database = inMemory();
  const states = {
    bad: { ...newTarget(start), severity: "critical", said: "critical", worst: "critical" } as const,
    accepted: { ...newTarget(start), accepted: true },
    away: newTarget(start - minuteMs),
  };
  writeTargets(database, states, start);
  expect(readTargets(database, start)).toEqual(states);
});

test("what is forgotten leaves the state, and one row that cannot be read costs no other", () => {
  using database = inMemory();
  writeTargets(database, { one: newTarget(start), other: newTarget(start), third: newTarget(start) }, start);
  writeTargets(database, { other: newTarget(start), third: newTarget(start) }, start);
  database.run("UPDATE target SET state = '{\"severity\": 7}' WHERE key = 'other'");
  expect(Object.keys(readTargets(database, start))).toEqual(["third"]);
});
