import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { type Places, placesOf } from "./encoding.ts";

const keyList = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

const layoutRows = v.array(v.object({ id: v.number(), keys: v.string() }));
const newest = "SELECT id, keys FROM layout WHERE id = (SELECT layout FROM point ORDER BY at DESC LIMIT 1)";
const older = "SELECT id, keys FROM layout WHERE id < ? ORDER BY id DESC LIMIT 100";

/** The keys of all layouts: of that of the last run, then of the newest ones. In portions, for him who has enough. */
function* allLayouts(database: Database): Generator<readonly string[]> {
  let rows = v.parse(layoutRows, database.query(newest).all());
  for (let below = Number.MAX_SAFE_INTEGER; ; below = rows.at(-1)?.id ?? 0) {
    for (const { keys } of rows) yield v.parse(keyList, keys);
    if (below < 2) return;
    rows = v.parse(layoutRows, database.query(older).all(below));
    if (rows.length === 0) return;
  }
}

/**
 * The wanted keys that any row may have. Where there are more than enough, as on a machine whose file systems have other
 * names each day, those that it had last.
 */
export function knownKeys(database: Database, isWanted: (key: string) => boolean, enough: number): readonly string[] {
  const known = new Set<string>();
  for (const keys of allLayouts(database)) {
    for (const key of keys) if (isWanted(key)) known.add(key);
    if (known.size >= enough) break;
  }
  return [...known].slice(0, enough);
}

/** Most rows share a layout of some kilobytes; each is read once. */
export function layoutReader(database: Database, wanted?: ReadonlySet<string>): (id: number) => Places {
  const known = new Map<number, Places>();
  return (id) => {
    const places = known.get(id) ?? placesOf(keysOf(database, id), wanted);
    known.set(id, places);
    return places;
  };
}

const layoutsKept = 30;

interface Layouts {
  readonly keys: Map<number, readonly string[]>;
  readonly ids: Map<string, number>;
}

/** Layouts that were read or written over a connection: a run needs the same one four times, and a year may have thousands. */
const layouts = new WeakMap<Database, Layouts>();

function layoutsOf(database: Database): Layouts {
  const known: Layouts = layouts.get(database) ?? { keys: new Map(), ids: new Map() };
  layouts.set(database, known);
  return known;
}

/** The keys of a layout, in the order of the numbers. */
export function keysOf(database: Database, layout: number): readonly string[] {
  const { keys: known, ids } = layoutsOf(database);
  const found = known.get(layout);
  if (found !== undefined) return found;
  const text = database.query<{ keys: string }, [number]>("SELECT keys FROM layout WHERE id = ?").get(layout)?.keys;
  const keys = v.parse(keyList, text ?? "[]");
  if (known.size >= layoutsKept) {
    known.clear();
    ids.clear();
  }
  known.set(layout, keys);
  if (text !== undefined) ids.set(text, layout);
  return keys;
}

/** The layout of some keys, which is written where it is new. */
export function layoutOf(
  database: Database,
  keys: readonly string[],
): { readonly id: number; readonly isNew: boolean } {
  const text = JSON.stringify(keys);
  const { ids } = layoutsOf(database);
  const find = () => database.query<{ id: number }, [string]>("SELECT id FROM layout WHERE keys = ?").get(text)?.id;
  const insert = () => Number(database.run("INSERT INTO layout (keys) VALUES (?)", [text]).lastInsertRowid);
  const known = ids.get(text) ?? find();
  const id = known ?? insert();
  ids.set(text, id);
  return { id, isNew: known === undefined };
}

/** Throws when a layout is no list of keys any more: then its rows cannot be read. */
export function checkLayouts(database: Database): void {
  for (const _ of allLayouts(database));
}

/** Layouts that no row uses any more go. Call it inside the transaction of the run. */
export function dropLayouts(database: Database): void {
  layouts.delete(database);
  database.run("DELETE FROM layout WHERE id NOT IN (SELECT layout FROM point UNION SELECT layout FROM hour)");
}
