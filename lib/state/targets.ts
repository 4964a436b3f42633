import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { type AlertStates, isUneventful, newTarget, TargetState } from "../alerts/state.ts";

const targetRow = v.object({ key: v.string(), state: v.nullable(v.string()) });
const stateText = v.pipe(v.string(), v.parseJson(), TargetState);

const readRows = (database: Database) =>
  v.parse(v.array(targetRow), database.query("SELECT key, state FROM target").all());

/**
 * The alert states as the run at `lastRunMs` left them. One that another version wrote in another form is forgotten, and
 * no other with it.
 */
export function readTargets(database: Database, lastRunMs: number): AlertStates {
  const well = newTarget(lastRunMs);
  const states = readRows(database).flatMap(({ key, state }) => {
    if (state === null) return [[key, well] as const];
    const parsed = v.safeParse(stateText, state);
    return parsed.success ? [[key, parsed.output] as const] : [];
  });
  return Object.fromEntries(states);
}

/** Writes the alert states of the run at `nowMs`: only rows that differ, because most targets are well for months. */
export function writeTargets(database: Database, states: AlertStates, nowMs: number): void {
  const written = new Map(readRows(database).map(({ key, state }) => [key, state]));
  const insert = database.query("INSERT OR REPLACE INTO target VALUES (?, ?)");
  for (const [key, state] of Object.entries(states)) {
    const text = isUneventful(state, nowMs) ? null : JSON.stringify(state);
    if (written.get(key) !== text) insert.run(key, text);
    written.delete(key);
  }
  for (const key of written.keys()) database.run("DELETE FROM target WHERE key = ?", [key]);
}
