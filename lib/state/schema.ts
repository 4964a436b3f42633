import type { Database } from "bun:sqlite";

/**
 * Step N brings a database from version N to N + 1; steps are added, never changed. Times are milliseconds since the
 * epoch, but for `hour`, which counts hours since it.
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
];

/** The version that this program writes. */
export const schemaVersion = steps.length;

/** The version of a database; 0 for an empty one. */
export function versionOf(database: Database): number {
  const row = database.query<{ user_version: number }, []>("PRAGMA user_version").get();
  return row?.user_version ?? 0;
}

/** Brings a database to the present version, in one transaction. */
export function migrate(database: Database): void {
  const from = versionOf(database);
  if (from >= schemaVersion) return;
  database.transaction(() => {
    for (const step of steps.slice(from)) database.run(step);
    database.run(`PRAGMA user_version = ${schemaVersion}`);
  })();
}
