import { Database } from "bun:sqlite";
import { join } from "node:path";

import type { Clock } from "../clock.ts";
import type { Note } from "../model/note.ts";
import type { Progress } from "../terminal/output.ts";
import { databaseName, openAfresh, openDatabase } from "./database.ts";
import { type DirectoryChoice, findStateDirectory } from "./directory.ts";
import { attempt, reasonOf } from "./fault.ts";
import { type Lock, takeLock } from "./lock.ts";
import { readPast } from "./past.ts";
import { migrate } from "./schema.ts";

/**
 * What is remembered between runs. Where nothing can be, it is a database in memory: the run goes on as always, and ends
 * as if it had been the first. To be disposed of.
 */
export interface State {
  readonly database: Database;
  /** Where it is kept; null for nowhere. */
  readonly directory: string | null;
  /** Null when it is kept; otherwise why not. */
  readonly ephemeral: Ephemeral | null;
  /** What happened to the state, for the reader of the report. */
  readonly notes: readonly Note[];
  readonly [Symbol.dispose]: () => void;
}

/** Why nothing is remembered: the owner wants it so, the place is unusable, or a newer version wrote there. */
export interface Ephemeral {
  readonly kind: "asked" | "unusable" | "newer";
  readonly reason: string;
}

/** Opens the state and takes the lock; null when another run is at work. Never throws for what the disk does. */
export function openState(choice: DirectoryChoice, nowMs: number): State | null {
  const directory = findStateDirectory(choice);
  if (directory.kind === "none") {
    return ephemeralState({ kind: directory.asked ? "asked" : "unusable", reason: directory.reason });
  }
  let lock: Lock | null;
  try {
    lock = takeLock(directory.path);
  } catch (error) {
    return ephemeralState({ kind: "unusable", reason: `${directory.path}: ${reasonOf(error)}` });
  }
  if (lock === null) return null;
  const opened = openDatabase(directory.path, nowMs);
  switch (opened.kind) {
    case "open":
      return {
        database: opened.database,
        directory: directory.path,
        ephemeral: null,
        notes: opened.note === null ? [] : [opened.note],
        [Symbol.dispose]: () => close(opened.database, lock),
      };
    case "newer":
    case "unusable":
      lock[Symbol.dispose]();
      return ephemeralState(opened);
  }
}

/** A state that is gone when the run ends. */
export function ephemeralState(ephemeral: Ephemeral): State {
  const database = new Database(":memory:");
  migrate(database);
  const notes = ephemeral.kind === "asked" ? [] : [{ kind: "ephemeral", reason: ephemeral.reason } as const];
  return { database, directory: null, ephemeral, notes, [Symbol.dispose]: () => database.close() };
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
  const file = state.directory === null ? undefined : join(state.directory, databaseName);
  const ephemeral = ephemeralState({ kind: "unusable", reason: reasonOf(written.error, file) });
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

/** The damage was deeper than what is looked at when the file is opened. */
function renew(state: State, nowMs: number, isCertain: boolean): State | null {
  if (state.directory === null) return null;
  state.database.close();
  const opened = openAfresh(join(state.directory, databaseName), nowMs, isCertain);
  if (opened.kind !== "open") return null;
  const notes = opened.note === null ? state.notes : [...state.notes, opened.note];
  return { ...state, database: opened.database, notes, [Symbol.dispose]: () => opened.database.close() };
}

function close(database: Database, lock: Lock): void {
  database.close();
  lock[Symbol.dispose]();
}

const pauseMs = 100;
/** 20 s: an engine that does not answer keeps a run for half as long. */
const triesInAll = 200;
/** Of two cards that were begun so close together one is enough. */
const sameMs = 10_000;

/**
 * The state, for a run that posts a card. A look for changes that begins in the same second has no card to post, so it is
 * waited for. Null when a run is at work for longer, or when it has posted a card meanwhile.
 */
export async function openInTurn(choice: DirectoryChoice, clock: Clock, doing: Progress): Promise<State | null> {
  const startedMs = clock.now();
  for (let tries = 1; ; tries++) {
    const state = openState(choice, clock.now());
    if (state === null && tries < triesInAll) {
      doing("waiting for another run");
      await clock.sleep(pauseMs);
      continue;
    }
    if (state === null || tries === 1) return state;
    const cardMs = readPast(state.database).lastCard?.takenAtMs ?? -Infinity;
    if (cardMs < startedMs - sameMs || cardMs > clock.now()) return state;
    state[Symbol.dispose]();
    return null;
  }
}
