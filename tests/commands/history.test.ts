import { expect, test } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Flags } from "../../lib/cli/parse.ts";
import { history } from "../../lib/commands/history.ts";
import { changeOf } from "../../lib/model/change.ts";
import { writeChanges } from "../../lib/state/changes.ts";
import { commit } from "../../lib/state/commit.ts";
import { record } from "../../lib/state/history.ts";
import { takeLock } from "../../lib/state/lock.ts";
import { defaultConfig } from "../support/measure.ts";
import { temporaryDirectory } from "../support/project.ts";
import { damage, dayMs, hourMs, number, openFile, runAt, start } from "../support/stateFile.ts";
import { testWorld } from "../support/testWorld.ts";
import { virtualClock } from "../support/virtualClock.ts";

async function ran(flags: Flags) {
  const world = testWorld();
  return { code: await history(world, defaultConfig, flags), ...world.said };
}

/** A state with memory of as many percent as it is hours ago, so many hours ago. */
function remember(directory: string, hoursAgo: readonly number[]): void {
  using database = openFile(directory);
  for (const hours of hoursAgo.toSorted((one, other) => other - one)) {
    record(database, start - hours * hourMs, new Map([["memory_used_percent", hours]]));
  }
}

const numbersOf = (out: string) =>
  JSON.parse(out) as { readonly runs: number; readonly numbers: readonly Record<string, unknown>[] };

test("what was remembered is told, of a day unless more is asked for", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [2, 10, 30]);
  expect((await ran({ stateDir: directory.path })).out).toMatch(/last 24 h +2 runs/);
  expect((await ran({ stateDir: directory.path, hours: "9.5" })).out).toContain("1 run ");
  expect(numbersOf((await ran({ stateDir: directory.path, hours: "48", json: "" })).out).numbers[0]).toMatchObject({
    minimum: { value: 2 },
    average: 14,
    maximum: { value: 30 },
  });
});

test("beyond a week there are hours, and the last number is still that of the last run", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [0.1, 0.2, 12 * 24, 12 * 24 - 0.1, 500]);
  const { out } = await ran({ stateDir: directory.path, hours: "400", json: "" });
  expect(numbersOf(out).runs).toBe(4);
  expect(numbersOf(out).numbers[0]).toMatchObject({ runs: 4, last: { value: 0.1 }, maximum: { value: 288 } });
});

test("what changed in that time has a sign, and nothing is said where nothing did", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [2, 10]);
  expect((await ran({ stateDir: directory.path })).out).not.toContain("Changes");
  using database = openFile(directory.path);
  const atMs = start - hourMs;
  writeChanges(
    database,
    [changeOf({ atMs, sinceMs: atMs, kind: "unit", action: "added", subject: "x", isLoud: true })],
    start,
  );
  expect((await ran({ stateDir: directory.path })).out).toMatch(/^ {2}Changes .*▲$/m);
});

test("CSV has a line a run", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [1, 2]);
  expect((await ran({ stateDir: directory.path, csv: "" })).out).toBe(
    'at,"Memory %"\r\n2026-08-01T10:00:00.000Z,2\r\n2026-08-01T11:00:00.000Z,1\r\n',
  );
});

test("it bears the name of the machine that was measured, or the one that was set", async () => {
  using directory = temporaryDirectory();
  using database = openFile(directory.path);
  commit(database, runAt(start - hourMs, "card", [number("memory_used_percent", 40)]));
  expect((await ran({ stateDir: directory.path })).out).toStartWith("● vps  ");
  const world = testWorld();
  await history(world, { ...defaultConfig, name: "tokyo" }, { stateDir: directory.path });
  expect(world.said.out).toStartWith("● tokyo  ");
});

test.each(["0", "-1", "9601", "ten", "", "NaN", "Infinity"])("%j hours are refused", async (hours) => {
  using directory = temporaryDirectory();
  remember(directory.path, [1]);
  const { code, out, errors } = await ran({ stateDir: directory.path, hours });
  expect({ code, out }).toEqual({ code: 64, out: "" });
  expect(errors).toEqual([`--hours: expected a number of hours above 0, up to 9600, got "${hours}"`]);
});

test("a past can be asked for in days, but not in hours at once", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [10, 30, 50]);
  expect((await ran({ stateDir: directory.path, days: "2", json: "" })).out).toContain('"runs": 2');
  expect(await ran({ days: "401" })).toMatchObject({
    code: 64,
    errors: ['--days: expected a number of days above 0, up to 400, got "401"'],
  });
  expect(await ran({ days: "1", hours: "2" })).toMatchObject({ code: 64 });
});

test("two forms at once are refused", async () => {
  expect(await ran({ csv: "", json: "" })).toMatchObject({
    code: 64,
    out: "",
    errors: ["--csv, --json and --png: expected one of them"],
  });
});

test("where nothing is remembered it says so, and makes nothing", async () => {
  using directory = temporaryDirectory();
  const stateDir = join(directory.path, "none-yet");
  for (const place of [stateDir, "none"]) {
    const { code, out, errors } = await ran({ stateDir: place });
    expect({ code, out }).toEqual({ code: 73, out: "" });
    expect(errors).toEqual([expect.stringContaining("no history: nothing is recorded here yet")]);
  }
  expect(existsSync(stateDir)).toBe(false);
});

test("a damaged history is an error, not an empty one", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [1, 2]);
  damage(join(directory.path, "state.db"), "point");
  expect(await ran({ stateDir: directory.path })).toMatchObject({ code: 73, out: "" });
});

test("a run that is at work is not disturbed, and the next one can write", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [1]);
  const lock = takeLock(directory.path, virtualClock().now() + 60_000);
  expect((await ran({ stateDir: directory.path })).code).toBe(0);
  using database = openFile(directory.path);
  commit(database, runAt(start, "card", [number("memory_used_percent", 40)]));
  expect((await ran({ stateDir: directory.path, hours: String(dayMs / hourMs) })).out).toContain("2 runs");
  // Referred to until here, or it would be collected and be free.
  expect(lock).toMatchObject({ kind: "taken" });
});

test("the chart of the time that was asked for is written as a picture", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [0, 1, 2, 30]);
  const file = join(directory.path, "day.png");
  // The test's world draws nothing: it returns the SVG.
  expect(await ran({ stateDir: directory.path, png: file })).toEqual({ code: 0, out: "", errors: [] });
  const day = readFileSync(file, "utf8");
  expect(day).toContain("24 h · UTC");
  expect(day).toContain("RAM 0.0 %");
  await ran({ stateDir: directory.path, png: file, hours: "400" });
  expect(readFileSync(file, "utf8")).toContain("17 d · UTC");
});

test("a picture that cannot be drawn or written is an error, and leaves the file as it was", async () => {
  using directory = temporaryDirectory();
  remember(directory.path, [0, 1]);
  const file = join(directory.path, "day.png");
  writeFileSync(file, "yesterday's");
  const world = testWorld({ rasterise: () => Promise.reject(new Error("the drawing process ended with status 9")) });
  expect(await history(world, defaultConfig, { stateDir: directory.path, png: file })).toBe(75);
  expect(world.said.errors).toEqual(["no picture: the drawing process ended with status 9"]);
  expect(readFileSync(file, "utf8")).toBe("yesterday's");
  const nowhere = join(directory.path, "no/such/place.png");
  expect((await ran({ stateDir: directory.path, png: nowhere })).errors).toEqual([
    `no picture: ${nowhere}: its directory does not exist`,
  ]);
});

test("of hundreds of disks the chart shows the fullest", async () => {
  using directory = temporaryDirectory();
  {
    using database = openFile(directory.path);
    const used = (hours: number) =>
      Array.from({ length: 100 }, (_, disk) => {
        return [`storage_used_percent{mount="/${disk}"}`, (disk * 37 + hours) % 99] as const;
      });
    for (const hours of [3, 2, 1]) record(database, start - hours * hourMs, new Map(used(hours)));
  }
  const file = join(directory.path, "day.png");
  await ran({ stateDir: directory.path, png: file });
  expect(readFileSync(file, "utf8")).toContain("Disk 98 %");
});
