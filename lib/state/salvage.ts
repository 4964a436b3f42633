import { Database } from "bun:sqlite";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

import * as v from "valibot";

import { timeMs } from "../clock.ts";
import { outboxRow } from "./outbox.ts";
import { expectedSchema, schemaVersion } from "./schema.ts";

type Row = Readonly<Record<string, string | number | null | Uint8Array>>;

/** A row that could be read of a damaged file, as the present version has it. */
export interface SavedRow {
  readonly table: string;
  readonly row: Row;
}

interface KeptTable {
  readonly name: string;
  /** The column by which its rows are found. */
  readonly key: string;
  readonly row: v.GenericSchema<unknown, Row>;
}

const text = v.string();
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const flag = v.picklist([0, 1]);
const time = v.pipe(timeMs, v.safeInteger());
const route = v.optional(v.fallback(text, "discord"), "discord");
const json = outboxRow.entries.body;

/**
 * What is saved; the history is begun afresh. Only what carries the news must be sound: a number that cannot be true costs
 * no message.
 */
const keptTables: readonly KeptTable[] = [
  {
    name: "outbox",
    key: "id",
    row: v.object({
      kind: v.fallback(outboxRow.entries.kind, "report"),
      created_at: v.fallback(time, 0),
      body: json,
      digest: v.fallback(v.nullable(json), null),
      attempts: v.fallback(count, 0),
      ambiguous: v.fallback(flag, 1),
      reduced: v.fallback(outboxRow.entries.reduced, 0),
      not_before: v.fallback(time, 0),
      reason: v.fallback(v.nullable(text), null),
      picture: v.optional(v.fallback(v.nullable(v.instance(Uint8Array)), null), null),
      route,
    }),
  },
  {
    name: "dead_letter",
    key: "id",
    row: v.object({
      kind: text,
      created_at: v.fallback(time, 0),
      body: text,
      reason: text,
      route,
      told: v.optional(v.fallback(flag, 0), 0),
    }),
  },
  { name: "gone_webhook", key: "hash", row: v.object({ hash: text, since: time }) },
  { name: "target", key: "key", row: v.object({ key: text, state: v.nullable(json) }) },
  { name: "mute", key: "key", row: v.object({ key: text, value: json }) },
  { name: "job", key: "key", row: v.object({ key: text, value: json }) },
  {
    name: "traffic",
    key: "day",
    row: v.object({ day: text, interface: text, received: count, sent: count }),
  },
  { name: "change", key: "id", row: v.object({ at: time, kind: text, value: json }) },
];

/** Reads what can be read. Throws when the disk does not give the file: it may do so another day. */
export function salvage(path: string): readonly SavedRow[] {
  const image = readImage(path);
  mendHeader(image);
  return rowsIn(image) ?? rowsIn(withMendedSchema(image)) ?? [];
}

/** Null when it is no database, or one whose tables SQLite cannot make out. */
function rowsIn(image: Buffer): readonly SavedRow[] | null {
  try {
    using database = Database.deserialize(image, { strict: true });
    database.query("SELECT count(*) FROM outbox LIMIT 0").get();
    return keptTables.flatMap((table) => savedOf(database, table));
  } catch {
    return null;
  }
}

function savedOf(database: Database, { name, key, row: schema }: KeptTable): readonly SavedRow[] {
  const old = name === "target" ? readWhilePossible(database, oldTargets).rows : [];
  return [...readRows(database, name, key), ...old].flatMap((row) => {
    const parsed = v.safeParse(schema, row);
    return parsed.success ? [{ table: name, row: parsed.output }] : [];
  });
}

/** From both ends up to the first page that cannot be read; numbered rows between them are tried one by one. */
function readRows(database: Database, table: string, key: string): readonly unknown[] {
  const forward = readWhilePossible(database, `SELECT * FROM ${table} ORDER BY ${key}`);
  if (forward.isWhole) return forward.rows;
  const backward = readWhilePossible(database, `SELECT * FROM ${table} ORDER BY ${key} DESC`);
  if (key !== "id") return [...forward.rows, ...backward.rows];
  const from = Math.max(0, ...forward.rows.map(idOf)) + 1;
  const to = Math.min(from + mostTried, ...backward.rows.map(idOf));
  const between = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  const read = (id: number) => readWhilePossible(database, `SELECT * FROM ${table} WHERE id = ${id}`).rows;
  return [...forward.rows, ...between.flatMap(read), ...backward.rows.toReversed()];
}

/** More than an outage of weeks piles up. */
const mostTried = 2000;

const idOf = (row: unknown): number => v.parse(v.object({ id: v.number() }), row).id;

function readWhilePossible(database: Database, sql: string) {
  const rows: unknown[] = [];
  try {
    for (const row of database.query(sql).iterate()) rows.push(row);
    return { rows, isWhole: true };
  } catch {
    return { rows, isWhole: false };
  }
}

/** Up to version 2 all alert states were one text. */
const oldTargets = `
  SELECT json_each.key, json_each.value AS state FROM fact, json_each(fact.value)
  WHERE name = 'alerts' AND json_valid(fact.value)`;

const pageSize = 4096;
const headerSize = 100;
const versionAt = 60;
const pagesAt = 28;
/** Twice the size of a state of a year. */
const mostBytes = 64 * 1024 * 1024;

/** The file in memory, as long as it once was: what was cut off is zeros. */
function readImage(path: string): Buffer {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const size = Math.min(fstatSync(descriptor).size, mostBytes);
    const file = Buffer.alloc(Math.max(size, headerSize));
    for (let at = 0; at < size;) {
      const got = readSync(descriptor, file, at, size - at, at);
      if (got === 0) break;
      at += got;
    }
    const claimed = file.readUInt32BE(pagesAt) * pageSize;
    const whole = Math.ceil(size / pageSize) * pageSize;
    // A damaged count of pages is no reason to take the memory of a hundred files.
    const image = Buffer.alloc(Math.max(pageSize, whole, claimed <= 2 * whole + 64 * pageSize ? claimed : 0));
    file.copy(image, 0, 0, size);
    return image;
  } finally {
    closeSync(descriptor);
  }
}

/** Writes the header as every file of ours has it. Source: https://www.sqlite.org/fileformat2.html#the_database_header. */
function mendHeader(image: Buffer): void {
  image.write("SQLite format 3\0", 0, "latin1");
  image.writeUInt16BE(pageSize, 16);
  // A rollback journal, no reserved bytes, and the fractions that the format fixes.
  image.set([1, 1, 0, 64, 32, 32], 18);
  image.writeUInt32BE(image.length / pageSize, pagesAt);
  image.writeUInt32BE(4, 44);
  // No pages for a vacuum; UTF-8.
  image.writeUInt32BE(0, 52);
  image.writeUInt32BE(1, 56);
  image.writeUInt32BE(image.readUInt32BE(24), 92);
  // A page of leaves.
  image[headerSize] = 13;
}

/** The share of the letters that must be right for a text to be that of a table. */
const enough = 0.8;

/**
 * With the right texts of the tables, of which one wrong letter keeps SQLite from all of them. They stand on the first
 * page, each as type, name, name of the table, number of its first page, and the text.
 */
function withMendedSchema(image: Buffer): Buffer {
  const claimed = image.readInt32BE(versionAt);
  const schema = expectedSchema(claimed >= 1 && claimed <= schemaVersion ? claimed : schemaVersion);
  const mended = Buffer.from(image);
  const page = mended.subarray(0, pageSize);
  for (const { type, name, tbl_name: table, sql } of schema) {
    const names = type + name + table;
    const at = sql === null ? null : placeOf(page, sql, 0, pageSize);
    const namesAt = placeOf(page, names, at === null ? 0 : at - names.length - longestNumber, at ?? pageSize);
    if (namesAt !== null) page.write(names, namesAt);
    if (sql === null || at === null || namesAt === null) continue;
    page.write(sql, at);
    mendRecord(page, [type, name, table], at - namesAt - names.length, sql, namesAt);
  }
  return mended;
}

const varint = (number: number) => (number < 128 ? [number] : [128 | (number >> 7), number & 127]);
/** The type code of a text in a record. */
const textType = (letters: string) => varint(13 + 2 * letters.length);

/** Writes what stands before the texts of a row: its size, the row's number, which is left, and the types of its columns. */
function mendRecord(page: Buffer, names: readonly string[], numberSize: number, sql: string, namesAt: number): void {
  const types = [...names.flatMap(textType), numberSize, ...textType(sql)];
  const size = 1 + types.length + names.join("").length + numberSize + sql.length;
  page.set([1 + types.length, ...types], namesAt - types.length - 1);
  const sizeBytes = varint(size);
  page.set(sizeBytes, namesAt - types.length - 2 - sizeBytes.length);
}

/** Bytes of the number between the names and the text. */
const longestNumber = 4;

/** Finds a text, or most of it, between two offsets; null when it is not there. */
function placeOf(page: Buffer, wanted: string, from: number, to: number): number | null {
  const bytes = Buffer.from(wanted);
  const first = Math.max(headerSize, from);
  const exact = page.indexOf(bytes, first);
  if (exact !== -1 && exact + bytes.length <= to) return exact;
  const mostWrong = bytes.length * (1 - enough);
  for (let at = first; at + bytes.length <= to; at++) {
    let wrong = 0;
    for (let index = 0; index < bytes.length && wrong <= mostWrong; index++) {
      if (page[at + index] !== bytes[index]) wrong += 1;
    }
    if (wrong <= mostWrong) return at;
  }
  return null;
}
