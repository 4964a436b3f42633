import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";

import { openDatabase } from "../../lib/state/database.ts";
import { databaseName } from "../../lib/state/directory.ts";
import { maintain, points, record } from "../../lib/state/history.ts";

const minuteMs = 60_000;

/** The numbers of a run on a machine with a lot to tell: as many as are kept. */
function numbersAt(minute: number): ReadonlyMap<string, number> {
  const keys = Array.from({ length: 120 }, (_, index) => `storage_used_percent{mount="/srv/volume-${index}"}`);
  return new Map(keys.toSorted().map((key, index) => [key, 50 + 40 * Math.sin(minute / (100 + index)) + index / 7]));
}

/** Writes a history that ends now: a run a minute for some days, then hours; returns the size of the file in bytes. */
export function writeHistory(directory: string, daysOfRuns: number, daysOfHours: number): number {
  const nowMs = Date.now();
  const minutesOfRuns = daysOfRuns * 24 * 60;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const opened = openDatabase(directory, nowMs);
  if (opened.kind !== "open") throw new Error(opened.reason);
  const { database } = opened;
  database.run("PRAGMA synchronous = OFF");
  database.transaction(() => {
    for (let hour = daysOfHours * 24; hour * 60 > minutesOfRuns; hour -= 1) {
      record(database, nowMs - hour * 60 * minuteMs, numbersAt(-hour * 60));
    }
    for (let minute = minutesOfRuns; minute > 0; minute -= 1) {
      record(database, nowMs - minute * minuteMs, numbersAt(-minute));
    }
    maintain(database, nowMs);
  })();
  database.close();
  return statSync(join(directory, databaseName)).size;
}

/**
 * A state as a week of half-hourly runs leaves it here, and the hours of two months: with the numbers that a run on this
 * machine keeps, a little different each time.
 */
export async function rememberWeek(
  program: string,
  directory: string,
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const start = () =>
    Bun.spawn([program, "--sample", "0"], { env: { ...env, SERVER_METRICS_STATE_DIR: directory } }).exited;
  await start();
  const nowMs = Date.now();
  const opened = openDatabase(directory, nowMs);
  if (opened.kind !== "open") throw new Error(opened.reason);
  const { database } = opened;
  database.run("PRAGMA synchronous = OFF");
  const numbers = points(database, 0, nowMs).at(-1)?.numbers ?? new Map<string, number>();
  const at = (minute: number) =>
    new Map([...numbers].map(([key, value], index) => [key, value * (1 + Math.sin(minute / (3000 + index)) / 10)]));
  database.transaction(() => {
    for (let hour = 60 * 24; hour > 7 * 24; hour -= 1) record(database, nowMs - hour * 60 * minuteMs, at(hour * 60));
    for (let minute = 7 * 24 * 60; minute > 0; minute -= 30) record(database, nowMs - minute * minuteMs, at(minute));
  })();
  database.close();
  // The first card of the day has a chart, the next ones have none.
  await start();
  await start();
  return directory;
}
