import { SQLiteError } from "bun:sqlite";
import { closeSync, constants, fsyncSync, lstatSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";

import * as v from "valibot";

import { errorCode } from "../errors.ts";

/** Thrown by the check, with the first finding. */
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

/** Reads how a file is laid out. The statements are right, so an error in one means that the file is not what it seems. */
export function readingLayout<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof SQLiteError && error.code === "SQLITE_ERROR" ? new Damaged(error.message) : error;
  }
}

/** A fault of the disk or the file, as against a bug of ours. */
function isFault(error: unknown): boolean {
  return isDamage(error) || (error instanceof SQLiteError && error.code !== "SQLITE_ERROR");
}

/**
 * Why a file could not be read or written, as a clause. SQLite does not pass on what the system said, and falls back to
 * reading where it may not write, so the file system is asked anew.
 */
export function reasonOf(error: unknown, path?: string): string {
  if (isDamage(error)) return "it is damaged";
  const found = path === undefined ? null : findProblem(path);
  if (found !== null) return found;
  const code = errorCode(error);
  // Extended codes such as SQLITE_IOERR_FSYNC are too detailed to show.
  const known = Object.entries(reasons).find(([prefix]) => code.startsWith(prefix));
  return known?.[1] ?? problems[code] ?? "it could not be opened";
}

/** Opens a file as SQLite does, and writes another one beside it. */
function findProblem(path: string): string | null {
  const { O_RDWR, O_NOFOLLOW, O_NONBLOCK, O_CREAT, O_EXCL, O_WRONLY } = constants;
  const probe = join(dirname(path), `.probe-${process.pid}`);
  try {
    const facts = lstatSync(path);
    if (process.getuid !== undefined && facts.uid !== process.getuid()) return "it belongs to another user";
    closeSync(openSync(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK));
    const descriptor = openSync(probe, O_WRONLY | O_CREAT | O_EXCL, 0o600);
    try {
      writeSync(descriptor, new Uint8Array(8192));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
      rmSync(probe, { force: true });
    }
    return null;
  } catch (error) {
    return problems[errorCode(error)] ?? null;
  }
}

/** A `Result` of the disk: what was read or written, or as a clause why the disk refused, and whether the file is damaged. */
export type Attempted<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: string; readonly damaged: boolean; readonly error: unknown };

/** Reads or writes where the disk may refuse. Throws only for bugs. */
export function attempt<T>(work: () => T): Attempted<T> {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { ok: false, problem: reasonOf(error), damaged: isDamage(error), error };
  }
}

const readOnly = "the file system or the file is read-only: name another directory with --state-dir";
export const full = "the disk is full: make room";

const reasons: Readonly<Record<string, string>> = {
  SQLITE_FULL: full,
  SQLITE_READONLY_DBMOVED: "it was removed meanwhile",
  SQLITE_READONLY: readOnly,
  SQLITE_BUSY: "it is in use by another program",
  SQLITE_IOERR: "input/output error",
  SQLITE_NOMEM: "too little memory",
};

const problems: Readonly<Record<string, string>> = {
  EACCES: "it may not be opened by this user",
  EPERM: "it may not be opened by this user",
  EROFS: readOnly,
  ENOENT: "it was removed meanwhile",
  ENOSPC: full,
  EDQUOT: "the quota is used up: make room",
  EMFILE: "too many open files",
  ENFILE: "too many open files",
  EIO: "input/output error",
  ELOOP: "it is a link",
  EFBIG: "the limit of a file's size is reached (ulimit -f)",
};
