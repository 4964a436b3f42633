import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { dayMs } from "../clock.ts";
import { Change } from "../model/change.ts";

/** For so long, and no more than so many: a machine that is set up anew each night must not fill the state. */
const keptMs = 400 * dayMs;
const mostKept = 2000;

const row = v.object({
  at: v.number(),
  kind: v.string(),
  value: v.pipe(v.string(), v.parseJson(), v.record(v.string(), v.unknown())),
});

/** Of the last so many, those of a time. */
const ofTime = `
  SELECT at, kind, value FROM (SELECT * FROM change ORDER BY id DESC LIMIT ?) WHERE at BETWEEN ? AND ?
  ORDER BY at DESC, id DESC`;

/** What changed between two times, the newest first. A row in another form is left out. */
export function readChanges(
  database: Database,
  fromMs: number,
  toMs = Number.MAX_SAFE_INTEGER,
  most = mostKept,
): readonly Change[] {
  const rows: readonly unknown[] = database.query(ofTime).all(most, fromMs, toMs);
  return rows.flatMap((one) => {
    const found = v.safeParse(row, one);
    if (!found.success) return [];
    const { at, kind, value } = found.output;
    const change = v.safeParse(Change, { ...value, atMs: at, kind });
    return change.success ? [change.output] : [];
  });
}

/** Keeps what a look found. Call it inside the transaction of the run. */
export function writeChanges(database: Database, changes: readonly Change[], nowMs: number): void {
  if (changes.length === 0) return;
  for (const { atMs, kind, ...value } of changes) {
    database.run("INSERT INTO change (at, kind, value) VALUES (?, ?, ?)", [atMs, kind, JSON.stringify(value)]);
  }
  database.run("DELETE FROM change WHERE at < ?", [nowMs - keptMs]);
  database.run("DELETE FROM change WHERE id <= (SELECT max(id) FROM change) - ?", [mostKept]);
}
