import type { Database } from "bun:sqlite";

import * as v from "valibot";

import type { Mute } from "../alerts/alert.ts";
import { timeMs } from "../clock.ts";

const muteRow = v.object({ key: v.string(), value: v.string() });
const muteText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ sinceMs: timeMs, untilMs: v.nullable(timeMs), why: v.nullable(v.string()) }),
);

/** The mutes, by target name. An entry in another form is ignored. */
export function readMutes(database: Database): readonly Mute[] {
  const rows = v.parse(v.array(muteRow), database.query("SELECT key, value FROM mute ORDER BY key").all());
  return rows.flatMap(({ key, value }) => {
    const parsed = v.safeParse(muteText, value);
    return parsed.success ? [{ target: key, ...parsed.output }] : [];
  });
}

const textOf = ({ sinceMs, untilMs, why }: Mute) => JSON.stringify({ sinceMs, untilMs, why });

/** Mutes a target; one that is muted already is muted anew. */
export function writeMute(database: Database, mute: Mute): void {
  database.run("INSERT OR REPLACE INTO mute VALUES (?, ?)", [mute.target, textOf(mute)]);
}

/** Lets a target be announced again, unless it was muted anew since. */
export function removeMute(database: Database, mute: Mute): void {
  database.run("DELETE FROM mute WHERE key = ? AND value = ?", [mute.target, textOf(mute)]);
}
