import { expect, test } from "bun:test";

import { exportState, newExport, setExport, runsBetween, takeExportNotes } from "../../lib/export/memory.ts";
import type { ExportTarget } from "../../lib/settings/exports.ts";
import { record } from "../../lib/state/history.ts";
import { dayMs, inMemory, minuteMs, start } from "../support/stateFile.ts";

const url = "http://user:secret@vm:8428/api/v1/import/prometheus?key=secret";
const target: ExportTarget = { format: "prometheus", way: "import", address: url, headers: {} };
const other = { ...target, address: `${url}2` };

test("each target has a state of its own, and its address is not remembered", () => {
  using database = inMemory();
  expect(exportState(database, target)).toEqual(newExport);
  setExport(database, target, { ...newExport, sentMs: start });
  expect(exportState(database, target).sentMs).toBe(start);
  expect(exportState(database, other)).toEqual(newExport);
  expect(JSON.stringify(database.query("SELECT * FROM fact").all())).not.toContain("secret");
});

test("targets of earlier settings do not pile up", () => {
  using database = inMemory();
  setExport(database, target, { ...newExport, sentMs: start });
  for (let index = 0; index < 20; index++) setExport(database, { ...target, address: `http://${index}` }, newExport);
  expect(exportState(database, target)).toEqual(newExport);
});

test("a failure is said when it begins and once a day, or all the time in a live card, by the name of the host", () => {
  using database = inMemory();
  const notesAt = (ms: number, isLive = false) => takeExportNotes(database, [target], ms, isLive);
  expect(notesAt(start)).toEqual([]);
  setExport(database, target, { ...newExport, reason: "answered 503" });
  expect(notesAt(start)).toEqual([{ kind: "export", target: "vm:8428", reason: "answered 503" }]);
  expect(notesAt(start + dayMs - 1)).toEqual([]);
  expect(notesAt(start + dayMs - 1, true)).toHaveLength(1);
  expect(notesAt(start + dayMs)).toHaveLength(1);
  // The clock was set back.
  expect(notesAt(start)).toHaveLength(1);
});

test("runs come back as they were exported, the oldest first, between two times", () => {
  using database = inMemory();
  for (let minute = 0; minute < 5; minute++) {
    record(database, start + minute * minuteMs, new Map([['storage_used_percent{mount="/a \\"b\\""}', minute]]));
  }
  const runs = runsBetween(database, start, start + 3 * minuteMs);
  expect(runs.map(({ atMs }) => atMs)).toEqual([start + minuteMs, start + 2 * minuteMs]);
  expect(runs[0]?.observations).toEqual([
    { name: "storage_used_percent", labels: { mount: '/a "b"' }, value: 1 },
    { name: "last_run_timestamp_seconds", labels: {}, value: (start + minuteMs) / 1000 },
  ]);
});

test.each([
  [120, 84],
  [6000, 2],
  [20_000, 1],
])("of runs with %d numbers each, %d at once are enough", (numbers, runs) => {
  using database = inMemory();
  const keys = Array.from({ length: numbers }, (_, index) => `storage_used_percent{mount="/${index}"}`);
  const values = new Map(keys.map((key, index) => [key, index]));
  for (let minute = 0; minute < 90; minute++) record(database, start + minute * minuteMs, values);
  const found = runsBetween(database, start - 1000, start + dayMs);
  expect(found.map(({ atMs }) => atMs)).toEqual(Array.from({ length: runs }, (_, index) => start + index * minuteMs));
});

test("a state that is none counts as forgotten", () => {
  using database = inMemory();
  database.run("INSERT INTO fact VALUES ('exports', '[')");
  expect(exportState(database, target)).toEqual(newExport);
});
