import { Database } from "bun:sqlite";

import * as v from "valibot";

/**
 * Step N brings a database from version N to N + 1. Steps are added and never changed: the text of a file's tables must
 * stay what these make, or the file counts as damaged. Times are milliseconds since the epoch; `hour` counts hours.
 */
const steps: readonly string[] = [
  `
  -- Small things with a name: the last snapshot, when a failure was last complained of, what was dropped.
  CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  -- Which observations the numbers of a row stand for, as a JSON list of keys.
  CREATE TABLE layout (id INTEGER PRIMARY KEY, keys TEXT NOT NULL UNIQUE);
  -- One run: 64-bit floats in the order of the layout.
  CREATE TABLE point (at INTEGER PRIMARY KEY, layout INTEGER NOT NULL, numbers BLOB NOT NULL);
  -- One hour: minimum, average, maximum of each, as 32-bit floats.
  CREATE TABLE hour (
    hour INTEGER PRIMARY KEY, layout INTEGER NOT NULL, runs INTEGER NOT NULL, numbers BLOB NOT NULL
  );

  -- What is to be sent, oldest first.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    body TEXT NOT NULL,
    digest TEXT,
    attempts INTEGER NOT NULL DEFAULT 0,
    ambiguous INTEGER NOT NULL DEFAULT 0,
    reduced INTEGER NOT NULL DEFAULT 0,
    not_before INTEGER NOT NULL DEFAULT 0,
    reason TEXT
  );
  -- What Discord refused for good, with its reason.
  CREATE TABLE dead_letter (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, created_at INTEGER NOT NULL, body TEXT NOT NULL, reason TEXT NOT NULL
  );
  -- Webhooks that are gone, by a hash of their address.
  CREATE TABLE gone_webhook (hash TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID;
  `,
  `
  -- A PNG that goes along with the message.
  ALTER TABLE outbox ADD COLUMN picture BLOB;
  `,
  `
  -- Alert states by target: JSON, or NULL for a target that was seen in the last run and never had an incident.
  CREATE TABLE target (key TEXT PRIMARY KEY, state TEXT) WITHOUT ROWID;
  INSERT INTO target
    SELECT json_each.key, json_each.value FROM json_each(
      ifnull((SELECT value FROM fact WHERE name = 'alerts' AND json_valid(value)), '{}')
    ) WHERE json_each.type = 'object';
  DELETE FROM fact WHERE name = 'alerts';

  -- Silenced targets, and cron jobs by name; the value is JSON.
  CREATE TABLE mute (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE job (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  -- Bytes of each interface on each local day, such as 2026-08-01.
  CREATE TABLE traffic (
    day TEXT, interface TEXT, received INTEGER NOT NULL, sent INTEGER NOT NULL, PRIMARY KEY (day, interface)
  ) WITHOUT ROWID;
  -- What changed on the machine; the value is JSON.
  CREATE TABLE change (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL);

  -- Where a message goes: Discord, or the name of another route for alerts.
  ALTER TABLE outbox ADD COLUMN route TEXT NOT NULL DEFAULT 'discord';
  ALTER TABLE dead_letter ADD COLUMN route TEXT NOT NULL DEFAULT 'discord';
  -- 1 once a card has mentioned it.
  ALTER TABLE dead_letter ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
  `,
];

/** The version that this program writes. */
export const schemaVersion = steps.length;

/** The version of a database; 0 for an empty one. */
export function versionOf(database: Database): number {
  const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get();
  return row?.user_version ?? 0;
}

/** Brings a database to the present version, or to an earlier one, in one transaction. */
export function migrate(database: Database, to = schemaVersion): void {
  const from = versionOf(database);
  if (from >= to) return;
  database.transaction(() => {
    for (const step of steps.slice(from, to)) database.run(step);
    database.run(`PRAGMA user_version = ${to}`);
  })();
}

const schemaRow = v.object({
  type: v.string(),
  name: v.string(),
  tbl_name: v.string(),
  /** Null for an index that SQLite makes by itself. */
  sql: v.nullable(v.string()),
});
export type SchemaRow = v.InferOutput<typeof schemaRow>;

/** The tables and indexes of a database, in the order in which they were made. */
export function schemaOf(database: Database): readonly SchemaRow[] {
  return v.parse(v.array(schemaRow), database.query("SELECT type, name, tbl_name, sql FROM sqlite_schema").all());
}

/** The tables and indexes that a version has. */
export function expectedSchema(version: number): readonly SchemaRow[] {
  using database = new Database(":memory:");
  migrate(database, version);
  return schemaOf(database);
}

/** A short hash of all tables and indexes: no letter of their text differs between two files with the same one. */
export function fingerprintOf(schema: readonly SchemaRow[]): string {
  const lines = schema.map(({ type, name, tbl_name: table, sql }) => JSON.stringify([type, name, table, sql]));
  return new Bun.CryptoHasher("sha256").update(lines.toSorted().join("\n")).digest("hex").slice(0, 16);
}

/** Of each version from 1 on. Written down, because to make the tables for a look takes longer than the look. */
export const fingerprints: readonly string[] = ["e20032011b132a12", "1d0643fb112d56fb", "e9363f9aed61388a"];

/** Whether a database has the tables of its claimed version. */
export function hasItsSchema(database: Database, version = versionOf(database)): boolean {
  return fingerprintOf(schemaOf(database)) === fingerprints[version - 1];
}
