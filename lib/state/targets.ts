import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { type AlertStates, isUneventful, newTarget, TargetState } from "../alerts/state.ts";

const targetRow = v.object({ key: v.string(), state: v.nullable(v.string()) });
const stateText = v.pipe(v.string(), v.parseJson(), TargetState);

type Rows = v.InferOutput<typeof targetRow>[];

const readRows = (database: Database): Rows =>
  v.parse(v.array(targetRow), database.query("SELECT key, state FROM target").all());

/** Rows that were read over a connection, until they are written: nobody but the run that has the lock does that. */
const lastRead = new WeakMap<Database, Rows>();
/** More would be megabytes for the whole run. */
const mostKept = 1000;

/**
 * The alert states as the run at `lastRunMs` left them. One that another version wrote in another form is forgotten, and
 * no other with it.
 */
export function readTargets(database: Database, lastRunMs: number): AlertStates {
  const well = newTarget(lastRunMs);
  const rows = readRows(database);
  if (rows.length <= mostKept) lastRead.set(database, rows);
  const states = rows.flatMap(({ key, state }) => {
    if (state === null) return [[key, well] as const];
    const parsed = v.safeParse(stateText, state);
    return parsed.success ? [[key, parsed.output] as const] : [];
  });
  return Object.fromEntries(states);
}

/** Writes the alert states of the run at `nowMs`: only rows that differ, because most targets are well for months. */
export function writeTargets(database: Database, states: AlertStates, nowMs: number): void {
  const rows = lastRead.get(database) ?? readRows(database);
  lastRead.delete(database);
  const written = new Map(rows.map(({ key, state }) => [key, state]));
  const insert = database.query("INSERT OR REPLACE INTO target VALUES (?, ?)");
  for (const [key, state] of Object.entries(states)) {
    const text = isUneventful(state, nowMs) ? null : JSON.stringify(state);
    if (written.get(key) !== text) insert.run(key, text);
    written.delete(key);
  }
  for (const key of written.keys()) database.run("DELETE FROM target WHERE key = ?", [key]);
}
