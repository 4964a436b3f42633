import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { hourMs } from "../clock.ts";
import type { Spread } from "../past/series.ts";
import {
  addToHour,
  decodeHour,
  decodeNumbers,
  encodeHour,
  encodeNumbers,
  type HourNumbers,
  type Numbers,
  type Row,
  rowDecoder,
} from "./encoding.ts";
import { getValue, setValue } from "./keyValue.ts";
import { dropLayouts, keysOf, layoutOf, layoutReader } from "./layouts.ts";

const secondsADay = 86_400;
/** Retention of single runs and of hours. */
export const kept = { pointDays: 7, hourDays: 400 } as const;
/**
 * Most rows that one run deletes. Enough to keep pace, and too few to lose the history to a clock that is set to next
 * year for an hour.
 */
const deletedARun = 4;

/** Seconds since the epoch. */
const seconds = v.pipe(v.number(), v.minValue(-8.64e12), v.maxValue(8.64e12));
const hourNumber = v.pipe(v.number(), v.minValue(-2.4e9), v.maxValue(2.4e9));
const pointRow = v.object({ at: seconds, layout: v.number(), numbers: v.instance(Uint8Array) });
const hourRow = v.object({ hour: hourNumber, layout: v.number(), runs: v.number(), numbers: v.instance(Uint8Array) });
const sampleRow = v.object({ at: seconds, layout: v.number(), runs: v.number(), numbers: v.instance(Uint8Array) });

/** One run of the past. */
export interface Point {
  readonly atMs: number;
  readonly numbers: Numbers;
}

/** One hour of the past. */
export interface Hour {
  readonly startMs: number;
  readonly runs: number;
  readonly numbers: HourNumbers;
}

/** Adds a run's numbers to the history, and lets the oldest go. Call it inside the transaction of the run. */
export function record(database: Database, nowMs: number, numbers: Numbers): void {
  const at = Math.floor(nowMs / 1000);
  const keys = [...numbers.keys()];
  const { id, isNew } = layoutOf(database, keys);
  database.run("INSERT OR REPLACE INTO point VALUES (?, ?, ?)", [at, id, encodeNumbers(keys, numbers)]);
  const isNewInHour = recordHour(database, Math.floor(at / 3600), numbers);
  const oldestPoint = at - kept.pointDays * secondsADay;
  const oldestHour = Math.floor(at / 3600) - kept.hourDays * 24;
  forget(database, "point", "at", oldestPoint);
  forget(database, "hour", "hour", oldestHour);
  // With the same numbers in all runs a year has less.
  if (isNew || isNewInHour) fit(database);
}

/** Returns whether its numbers are others than those of any hour before. */
function recordHour(database: Database, hour: number, numbers: Numbers): boolean {
  const [known] = readHours(database, hour, hour);
  const sum = seenMost(addToHour(known?.numbers ?? new Map(), numbers), numbers);
  const keys = [...sum.keys()].toSorted();
  const { id, isNew } = layoutOf(database, keys);
  const row = [hour, id, (known?.runs ?? 0) + 1, encodeHour(keys, sum)];
  database.run("INSERT OR REPLACE INTO hour VALUES (?, ?, ?, ?)", row);
  return isNew;
}

/** Twice as many as a run has. */
const hourNumbersKept = 240;

/** Where each run has others, an hour keeps those of this run and those that were there in most. */
function seenMost(sum: HourNumbers, now: Numbers): HourNumbers {
  if (sum.size <= hourNumbersKept) return sum;
  const runsOf = ([key, { runs }]: readonly [string, Spread]) => (now.has(key) ? Infinity : runs);
  const all = [...sum].toSorted((one, other) => (runsOf(one) < runsOf(other) ? 1 : -1));
  return new Map(all.slice(0, hourNumbersKept));
}

/** More than this has a machine whose numbers are others in each run; then the oldest goes until there is room again. */
const bytes = { most: 31e6, enough: 27e6 } as const;
const size = `
  SELECT (page_count - freelist_count) * page_size AS used
  FROM pragma_page_count, pragma_freelist_count, pragma_page_size`;
const sizeRow = v.object({ used: v.number() });

function fit(database: Database): void {
  const used = () => v.parse(sizeRow, database.query(size).get()).used;
  if (used() <= bytes.most) return;
  dropLayouts(database);
  for (let times = 0; times < 20 && used() > bytes.enough; times += 1) {
    for (const { table, column } of rowsOf) {
      const oldest = `SELECT ${column} FROM ${table} ORDER BY ${column} LIMIT (SELECT count(*) / 10 FROM ${table})`;
      database.run(`DELETE FROM ${table} WHERE ${column} IN (${oldest})`);
    }
    dropLayouts(database);
  }
}

const rowsOf = [
  { table: "point", column: "at" },
  { table: "hour", column: "hour" },
] as const;

/** From one run to the first that is far enough from it, and so on: a step costs one look into the table. */
const spacedRuns = `
  WITH RECURSIVE spaced(run) AS (
    SELECT min(at) FROM point WHERE at >= ?1
    UNION ALL
    SELECT (SELECT min(at) FROM point WHERE at >= run + ?3) FROM spaced WHERE run IS NOT NULL
  )
  SELECT at, layout, numbers FROM spaced JOIN point ON at = run WHERE at <= ?2 ORDER BY at`;

/**
 * The runs between two times, in milliseconds since the epoch, oldest first, at least so many seconds apart; of all
 * numbers or of some keys.
 */
export function points(
  database: Database,
  fromMs: number,
  toMs: number,
  wanted?: ReadonlySet<string>,
  apartSeconds = 1,
): readonly Point[] {
  const placesIn = layoutReader(database, wanted);
  const rows = database.query(spacedRuns).iterate(Math.floor(fromMs / 1000), Math.floor(toMs / 1000), apartSeconds);
  return Array.from(stepThrough(rows, pointRow), ({ at, layout, numbers }) => ({
    atMs: at * 1000,
    numbers: decodeNumbers(placesIn(layout), numbers),
  }));
}

/** A row has a kilobyte or two, and the runtime would let tens of megabytes of them pile up. */
const rowsInMemory = 400;
/** A layout has ten or twenty. */
const layoutsInMemory = 50;

/** Checked rows, one after the other. */
function* stepThrough<T>(rows: Iterable<unknown>, schema: v.GenericSchema<unknown, T>): Generator<T> {
  let stepped = 0;
  for (const row of rows) {
    yield v.parse(schema, row);
    stepped += 1;
    if (stepped % rowsInMemory === 0) Bun.gc(true);
  }
}

type Table = "point" | "hour";
const tables = {
  point: { columns: "at, layout, 1 AS runs", time: "at", unitMs: 1000 },
  hour: { columns: "hour AS at, layout, runs", time: "hour", unitMs: hourMs },
} as const;

/** The number of runs between two times, or of hours. */
export function countSamples(database: Database, table: Table, fromMs: number, toMs: number): number {
  const { time, unitMs } = tables[table];
  const count = `SELECT count(*) AS rows FROM ${table} WHERE ${time} BETWEEN ? AND ?`;
  const span = [Math.floor(fromMs / unitMs), Math.floor(toMs / unitMs)] as const;
  return database.query<{ rows: number }, [number, number]>(count).get(...span)?.rows ?? 0;
}

/** Steps through the runs between two times, or through the hours, in milliseconds since the epoch, oldest first. */
export function* samples(
  database: Database,
  table: Table,
  fromMs: number,
  toMs: number,
): Generator<{ readonly atMs: number; readonly runs: number; readonly numbers: Row }> {
  // Most rows have the layout of the one before.
  const last = { layout: Number.NaN, places: new Map<string, number>() };
  let layouts = 0;
  const decode = rowDecoder(table);
  const { columns, time, unitMs } = tables[table];
  const rows = database.query(
    `SELECT ${columns}, numbers FROM ${table} WHERE ${time} BETWEEN ? AND ? ORDER BY ${time}`,
  );
  const found = rows.iterate(Math.floor(fromMs / unitMs), Math.floor(toMs / unitMs));
  for (const { at, layout, runs, numbers } of stepThrough(found, sampleRow)) {
    if (layout !== last.layout) {
      last.layout = layout;
      layouts += 1;
      if (layouts % layoutsInMemory === 0) Bun.gc(true);
      last.places = new Map(keysOf(database, layout).map((key, index) => [key, index]));
    }
    yield { atMs: at * unitMs, runs, numbers: decode(last.places, numbers) };
  }
}

/** The hours between two times, in milliseconds since the epoch, oldest first; of all numbers or of some keys. */
export function hours(database: Database, fromMs: number, toMs: number, wanted?: ReadonlySet<string>): readonly Hour[] {
  return readHours(database, Math.floor(fromMs / hourMs), Math.floor(toMs / hourMs), wanted);
}

function readHours(database: Database, from: number, to: number, wanted?: ReadonlySet<string>): readonly Hour[] {
  const placesIn = layoutReader(database, wanted);
  const rows = database
    .query("SELECT hour, layout, runs, numbers FROM hour WHERE hour BETWEEN ? AND ? ORDER BY hour")
    .iterate(from, to);
  return Array.from(stepThrough(rows, hourRow), ({ hour, layout, runs, numbers }) => ({
    startMs: hour * hourMs,
    runs,
    numbers: decodeHour(placesIn(layout), numbers),
  }));
}

const ends =
  "SELECT (SELECT min(at) FROM point) AS p, (SELECT max(at) FROM point) AS q, (SELECT min(hour) FROM hour) AS h, (SELECT max(hour) FROM hour) AS i";
const endsRow = v.object({
  p: v.nullable(seconds),
  q: v.nullable(seconds),
  h: v.nullable(hourNumber),
  i: v.nullable(hourNumber),
});

/** Throws when a row has a time of which no date can be made. */
export function checkTimes(database: Database): void {
  v.parse(endsRow, database.query(ends).get());
}

function forget(database: Database, table: "point" | "hour", column: string, before: number): void {
  const oldest = `SELECT ${column} FROM ${table} WHERE ${column} < ? ORDER BY ${column} LIMIT ${deletedARun}`;
  database.run(`DELETE FROM ${table} WHERE ${column} IN (${oldest})`, [before]);
}

/** Once a day: layouts that no row uses any more go. Call it inside the transaction of the run. */
export function maintain(database: Database, nowMs: number): void {
  const today = dayOf(nowMs);
  if (getValue(database, "maintained_on") === today) return;
  dropLayouts(database);
  setValue(database, "maintained_on", today);
}

/** The day in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
