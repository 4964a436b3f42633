import { SQLiteError } from "bun:sqlite";

import * as v from "valibot";

import { errorCode } from "../errors.ts";

/** Thrown by the check, with SQLite's first finding. */
export class Damaged extends Error {}

const damageCodes = ["SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_FORMAT"];

/**
 * Damage to the file, as against a full disk or a missing permission, which another day may cure. A row that is not what
 * this program writes is damage, too.
 */
export function isDamage(error: unknown): boolean {
  const code = error instanceof SQLiteError ? (error.code ?? "") : "";
  return error instanceof Damaged || v.isValiError(error) || damageCodes.some((damage) => code.startsWith(damage));
}

/** A fault of the disk or the file, as against a bug of ours. */
function isFault(error: unknown): boolean {
  return isDamage(error) || (error instanceof SQLiteError && error.code !== "SQLITE_ERROR");
}

/** An error of SQLite in a word, without the statement. */
export function reasonOf(error: unknown): string {
  if (isDamage(error)) return "is damaged";
  const code = errorCode(error);
  // Extended codes such as SQLITE_IOERR_FSYNC say more than a person wants.
  const known = Object.entries(reasons).find(([prefix]) => code.startsWith(prefix));
  return known?.[1] ?? (code || "could not be opened");
}

/** A `Result` of the disk: what was read or written, or in a word why the disk refused, and whether the file is damaged. */
export type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly damaged: boolean };

/** Reads or writes where the disk may refuse. Throws only for bugs. */
export function attempt<T>(work: () => T): Attempted<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { ok: false, problem: reasonOf(error), damaged: isDamage(error) };
  }
}

const reasons: Readonly<Record<string, string>> = {
  SQLITE_FULL: "the disk is full: make room",
  SQLITE_READONLY: "the file system or the file is read-only: name another directory with --state-dir",
  SQLITE_CANTOPEN: "could not be opened",
  SQLITE_BUSY: "is in use by another program",
  SQLITE_IOERR: "input/output error",
};
