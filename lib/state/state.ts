import { Database } from "bun:sqlite";

import type { Note } from "../model/note.ts";
import { openAfresh } from "./database.ts";
import { attempt, reasonOf } from "./fault.ts";
import { migrate } from "./schema.ts";

/**
 * What is remembered between runs. Where nothing can be, it is a database in memory: the run goes on as always, and ends
 * as if it had been the first. To be disposed of.
 */
export interface State {
  readonly database: Database;
  /** The file; null when nothing is kept. */
  readonly file: string | null;
  /** Null when it is kept; otherwise why not. */
  readonly ephemeral: Ephemeral | null;
  /** Notes on the state for the report. */
  readonly notes: readonly Note[];
  readonly [Symbol.dispose]: () => void;
}

/** Why nothing is remembered: the owner wants it so, the place is unusable, or a newer version wrote there. */
export interface Ephemeral {
  readonly kind: "asked" | "unusable" | "newer";
  readonly reason: string;
  /** The disk or server behind it did not answer. */
  readonly isSilent?: boolean;
}

/** A state that is gone when the run ends. */
export function ephemeralState(ephemeral: Ephemeral): State {
  const database = new Database(":memory:");
  migrate(database);
  const notes = ephemeral.kind === "asked" ? [] : [{ kind: "ephemeral", reason: ephemeral.reason } as const];
  return { database, file: null, ephemeral, notes, [Symbol.dispose]: () => database.close() };
}

/**
 * Writes to the state; where the file turns out to be damaged, to a fresh one; where the disk refuses, to one in memory,
 * so that the run goes on all the same. Returns the state that was written to.
 */
export function saved(state: State, nowMs: number, write: (state: State) => void): State {
  const written = attempt(() => write(state));
  if (written.ok) return state;
  const renewed = written.damaged ? savedAfresh(state, nowMs, write) : null;
  if (renewed !== null) return renewed;
  const reason = reasonOf(written.error, state.file ?? undefined);
  const ephemeral = ephemeralState({
    kind: "unusable",
    reason: state.file === null ? reason : `${state.file}: ${reason}`,
  });
  write(ephemeral);
  return ephemeral;
}

/** A write that failed knows better than any check: when it fails again the file goes, whatever the check says. */
function savedAfresh(state: State, nowMs: number, write: (state: State) => void): State | null {
  for (const isCertain of [false, true]) {
    const renewed = renew(state, nowMs, isCertain);
    if (renewed === null) return null;
    if (attempt(() => write(renewed)).ok) return renewed;
    renewed.database.close();
  }
  return null;
}

/** The damage was deeper than the check at opening. */
function renew(state: State, nowMs: number, isCertain: boolean): State | null {
  if (state.file === null) return null;
  state.database.close();
  const opened = openAfresh(state.file, nowMs, isCertain);
  if (opened.kind !== "open") return null;
  const others = state.notes.filter(({ kind }) => kind !== "damaged");
  const notes = opened.note === null ? state.notes : [...others, opened.note];
  return { ...state, database: opened.database, notes, [Symbol.dispose]: () => opened.database.close() };
}
