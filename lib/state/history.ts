import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { hourMs } from "../clock.ts";
import {
  addToHour,
  decodeHour,
  decodeNumbers,
  encodeHour,
  encodeNumbers,
  type HourNumbers,
  type Numbers,
  type Places,
  placesOf,
  type Row,
  rowDecoder,
} from "./encoding.ts";
import { getValue, setValue } from "./keyValue.ts";

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
const keyList = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

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
  const layout = layoutId(database, keys);
  database.run("INSERT OR REPLACE INTO point VALUES (?, ?, ?)", [at, layout, encodeNumbers(keys, numbers)]);
  recordHour(database, Math.floor(at / 3600), numbers);
  const oldestPoint = at - kept.pointDays * secondsADay;
  const oldestHour = Math.floor(at / 3600) - kept.hourDays * 24;
  forget(database, "point", "at", oldestPoint);
  forget(database, "hour", "hour", oldestHour);
}

function recordHour(database: Database, hour: number, numbers: Numbers): void {
  const [known] = readHours(database, hour, hour);
  const sum = addToHour(known?.numbers ?? new Map(), numbers);
  const keys = [...sum.keys()].toSorted();
  database.run("INSERT OR REPLACE INTO hour VALUES (?, ?, ?, ?)", [
    hour,
    layoutId(database, keys),
    (known?.runs ?? 0) + 1,
    encodeHour(keys, sum),
  ]);
}

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
const rowsKept = 2000;

/** Checked rows, one after the other. */
function* stepThrough<T>(rows: Iterable<unknown>, schema: v.GenericSchema<unknown, T>): Generator<T> {
  let stepped = 0;
  for (const row of rows) {
    yield v.parse(schema, row);
    stepped += 1;
    if (stepped % rowsKept === 0) Bun.gc(true);
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
  const placesIn = new Map<number, ReadonlyMap<string, number>>();
  const decode = rowDecoder(table);
  const { columns, time, unitMs } = tables[table];
  const rows = database.query(
    `SELECT ${columns}, numbers FROM ${table} WHERE ${time} BETWEEN ? AND ? ORDER BY ${time}`,
  );
  const found = rows.iterate(Math.floor(fromMs / unitMs), Math.floor(toMs / unitMs));
  for (const { at, layout, runs, numbers } of stepThrough(found, sampleRow)) {
    const places = placesIn.get(layout) ?? new Map(keysOf(database, layout).map((key, index) => [key, index]));
    placesIn.set(layout, places);
    yield { atMs: at * unitMs, runs, numbers: decode(places, numbers) };
  }
}

/** Every key that any row may have. */
export function knownKeys(database: Database): readonly string[] {
  const rows = v.parse(v.array(v.object({ keys: v.string() })), database.query("SELECT keys FROM layout").all());
  return [...new Set(rows.flatMap(({ keys }) => v.parse(keyList, keys)))];
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

/** Most rows share a layout of some kilobytes; each is read once. */
function layoutReader(database: Database, wanted?: ReadonlySet<string>): (id: number) => Places {
  const known = new Map<number, Places>();
  return (id) => {
    const places = known.get(id) ?? placesOf(keysOf(database, id), wanted);
    known.set(id, places);
    return places;
  };
}

function keysOf(database: Database, layout: number): readonly string[] {
  const row = database.query<{ keys: string }, [number]>("SELECT keys FROM layout WHERE id = ?").get(layout);
  return row === null ? [] : v.parse(keyList, row.keys);
}

function layoutId(database: Database, keys: readonly string[]): number {
  const text = JSON.stringify(keys);
  const find = () => database.query<{ id: number }, [string]>("SELECT id FROM layout WHERE keys = ?").get(text)?.id;
  const known = find();
  if (known !== undefined) return known;
  return Number(database.run("INSERT INTO layout (keys) VALUES (?)", [text]).lastInsertRowid);
}

/** Throws when a layout is no list of keys any more: then its rows cannot be read. */
export function checkLayouts(database: Database): void {
  knownKeys(database);
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
  database.run("DELETE FROM layout WHERE id NOT IN (SELECT layout FROM point UNION SELECT layout FROM hour)");
  setValue(database, "maintained_on", today);
}

/** The day in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
