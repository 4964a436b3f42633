import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { type Places, placesOf } from "./encoding.ts";

const keyList = v.pipe(v.string(), v.parseJson(), v.array(v.string()));

/** Every key that any row may have. */
export function knownKeys(database: Database): readonly string[] {
  const rows = v.parse(v.array(v.object({ keys: v.string() })), database.query("SELECT keys FROM layout").all());
  return [...new Set(rows.flatMap(({ keys }) => v.parse(keyList, keys)))];
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

interface Layouts {
  readonly keys: Map<number, readonly string[]>;
  readonly ids: Map<string, number>;
}

/** Layouts that were read or written over a connection: a run needs the same one four times. */
const layouts = new WeakMap<Database, Layouts>();

function layoutsOf(database: Database): Layouts {
  const known: Layouts = layouts.get(database) ?? { keys: new Map(), ids: new Map() };
  layouts.set(database, known);
  return known;
}

/** The keys of a layout, in the order of the numbers. */
export function keysOf(database: Database, layout: number): readonly string[] {
  const { keys: known } = layoutsOf(database);
  const row = () => database.query<{ keys: string }, [number]>("SELECT keys FROM layout WHERE id = ?").get(layout);
  const keys = known.get(layout) ?? v.parse(keyList, row()?.keys ?? "[]");
  known.set(layout, keys);
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
  knownKeys(database);
}

/** Layouts that no row uses any more go. Call it inside the transaction of the run. */
export function dropLayouts(database: Database): void {
  layouts.delete(database);
  database.run("DELETE FROM layout WHERE id NOT IN (SELECT layout FROM point UNION SELECT layout FROM hour)");
}
