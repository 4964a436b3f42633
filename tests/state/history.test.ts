import type { Database } from "bun:sqlite";
import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";

import { decodeHour, decodeNumbers, encodeNumbers, placesOf } from "../../lib/state/encoding.ts";
import { hours, maintain, points, record } from "../../lib/state/history.ts";
import { knownKeys } from "../../lib/state/layouts.ts";
import { temporaryDirectory } from "../support/project.ts";
import { dayMs, hourMs, inMemory, minuteMs, openFile, start } from "../support/stateFile.ts";

const numbers = (value: number) => new Map([["memory_used_percent", value]]);
const count = (database: Database, table: string) =>
  database.query<{ rows: number }, []>(`SELECT count(*) AS rows FROM ${table}`).get()?.rows;

test("a run comes back as it was", () => {
  using database = inMemory();
  const run = new Map([
    ["load_one_minute", 0.31],
    ['storage_used_percent{mount="/"}', 41.2],
  ]);
  record(database, start, run);
  expect(points(database, start, start)).toEqual([{ atMs: start, numbers: run }]);
});

test("runs with different numbers stand side by side", () => {
  using database = inMemory();
  const [first, second] = [{ a: 1 }, { a: 2, b: 3 }];
  record(database, start, new Map(Object.entries(first)));
  record(database, start + minuteMs, new Map(Object.entries(second)));
  const runs = points(database, 0, start + hourMs);
  expect(runs.map((point) => Object.fromEntries(point.numbers))).toEqual([first, second]);
  expect(hours(database, start, start)[0]?.numbers.get("b")).toEqual({ minimum: 3, average: 3, maximum: 3, runs: 1 });
});

test("of more names than there is room for, those of the last run come first, and then the newest", () => {
  using database = inMemory();
  // The last run has what the first had, and its layout is the oldest.
  for (const [run, keys] of [
    ["a", "b"],
    ["b", "c"],
    ["c", "d"],
    ["a", "b"],
  ].entries()) {
    record(database, start + run * minuteMs, new Map(keys.map((key) => [key, run])));
  }
  expect(knownKeys(database, () => true, 9).toSorted()).toEqual(["a", "b", "c", "d"]);
  expect(knownKeys(database, (key) => key !== "b", 2)[0]).toBe("a");
  expect(knownKeys(database, () => true, 2)).toEqual(["a", "b"]);
});

test("an hour is the minimum, average and maximum of its runs", () => {
  using database = inMemory();
  for (const [minute, value] of [10, 40, 10, 20].entries()) record(database, start + minute * minuteMs, numbers(value));
  record(database, start + hourMs, numbers(99));
  const [hour, next] = hours(database, start, start + hourMs);
  expect(hour).toMatchObject({ startMs: start, runs: 4 });
  expect(hour?.numbers.get("memory_used_percent")).toEqual({ minimum: 10, average: 20, maximum: 40, runs: 4 });
  expect(next?.runs).toBe(1);
});

test("runs are kept for 7 days and hours for 400", () => {
  using database = inMemory();
  for (let day = 0; day <= 420; day++) record(database, start + day * dayMs, numbers(day));
  const now = start + 420 * dayMs;
  expect(points(database, 0, now)[0]?.atMs).toBe(now - 7 * dayMs);
  expect(hours(database, 0, now)[0]?.startMs).toBe(now - 400 * dayMs);
});

test("a clock that is set to next year for an hour does not cost the history", () => {
  using database = inMemory();
  for (let hour = 0; hour < 7 * 24; hour++) record(database, start + hour * hourMs, numbers(1));
  for (const run of [0, 1]) record(database, start + 365 * dayMs + run * 30 * minuteMs, numbers(1));
  const now = start + 7 * dayMs;
  expect(points(database, start, now).length).toBeGreaterThanOrEqual(7 * 24 - 8);
  expect(hours(database, start, now)).toHaveLength(7 * 24);
});

test.each([-hourMs, -40 * dayMs, -start])("a clock set back by %d ms costs nothing", (jump) => {
  using database = inMemory();
  for (let hour = 0; hour < 24; hour++) record(database, start + hour * hourMs, numbers(1));
  for (const run of [0, 1, 2]) record(database, start + 24 * hourMs + jump + run * minuteMs, numbers(1));
  expect(points(database, start, start + dayMs).length).toBeGreaterThanOrEqual(24);
});

test("layouts that no row uses any more go once a day", () => {
  using database = inMemory();
  for (let run = 0; run < 5; run++) record(database, start + run * minuteMs, new Map([[`device ${run}`, 1]]));
  database.run("DELETE FROM point");
  maintain(database, start);
  expect(count(database, "layout")).toBe(1);
  record(database, start + hourMs, new Map([["another", 1]]));
  database.run("DELETE FROM point");
  database.run("DELETE FROM hour");
  maintain(database, start + hourMs);
  expect(count(database, "layout")).toBe(2);
  maintain(database, start + dayMs);
  expect(count(database, "layout")).toBe(0);
});

test("a number that was absent stays absent, and bytes that were cut off are no crash", () => {
  const bytes = encodeNumbers(["a", "b"], new Map([["b", 2]]));
  expect(decodeNumbers(placesOf(["a", "b"]), bytes)).toEqual(new Map([["b", 2]]));
  expect(decodeNumbers(placesOf(["a", "b"]), bytes.subarray(0, 13))).toEqual(new Map());
  expect(decodeHour(placesOf(["a"]), bytes.subarray(0, 13))).toEqual(new Map());
});

test("a machine whose numbers are others in each run gives up the oldest, and has at most 32 MB", () => {
  using directory = temporaryDirectory();
  using database = openFile(directory.path);
  database.run("PRAGMA synchronous = OFF");
  const runs = 1200;
  const others = (run: number) => {
    const keys = Array.from({ length: 120 }, (_, n) => `storage_used_percent{mount="/var/lib/volumes/${run}-${n}"}`);
    return new Map(keys.map((key) => [key, 50] as const));
  };
  database.transaction(() => {
    for (let run = 0; run < runs; run++) record(database, start + run * minuteMs, others(run));
  })();
  expect(statSync(join(directory.path, "state.db")).size).toBeLessThan(32e6);
  const left = points(database, start, start + runs * minuteMs);
  expect(left.length).toBeGreaterThan(200);
  expect(left.at(-1)?.atMs).toBe(start + (runs - 1) * minuteMs);
  const hour = hours(database, start, start + runs * minuteMs).at(-1);
  expect(hour?.numbers.has([...others(runs - 1).keys()][0] ?? "")).toBe(true);
  expect(hour?.numbers.size).toBeLessThanOrEqual(240);
});
