import { constants, Database } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";

import { errorCode } from "../errors.ts";
import { isDamage, readingLayout } from "./fault.ts";
import { setValue } from "./keyValue.ts";
import { type SavedRow, salvage } from "./salvage.ts";
import { migrate } from "./schema.ts";

/** Damaged files that are kept for a look. */
const damagedKept = 2;

/**
 * Puts a fresh file in the place of a damaged one, with the messages that could be read of it. The fresh one is whole and
 * on the disk before anything happens to the damaged one, and the last step is a rename: whatever stops this in between,
 * the next run finds either of them.
 */
export function beginAfresh(path: string, nowMs: number): void {
  rollBack(path);
  const fresh = `${path}.new`;
  try {
    build(fresh, salvage(path));
    takePlace(path, fresh, nowMs);
  } finally {
    rmSync(fresh, { force: true });
  }
}

/** A transaction that was cut off is taken back first, or its half would be read. */
function rollBack(path: string): void {
  try {
    using database = new Database(path, constants.SQLITE_OPEN_READWRITE | constants.SQLITE_OPEN_NOFOLLOW);
    readingLayout(() => database.query("SELECT count(*) FROM sqlite_schema").get());
  } catch (error) {
    // Too damaged for that: it is read as it is.
    if (!isDamage(error)) throw error;
  }
}

/** The file is not in use yet, so its journal may be in memory: a half-written file is made again. */
function build(fresh: string, saved: readonly SavedRow[]): void {
  rmSync(fresh, { force: true });
  const { SQLITE_OPEN_READWRITE, SQLITE_OPEN_CREATE, SQLITE_OPEN_NOFOLLOW } = constants;
  using database = new Database(fresh, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOFOLLOW);
  database.run("PRAGMA journal_mode = MEMORY");
  database.run("PRAGMA synchronous = EXTRA");
  database.transaction(() => {
    migrate(database);
    for (const { table, row } of saved) {
      const columns = Object.keys(row);
      const places = columns.map(() => "?").join(", ");
      database.run(`INSERT OR IGNORE INTO ${table} (${columns.join(", ")}) VALUES (${places})`, Object.values(row));
    }
    const messages = saved.filter(({ table }) => table === "outbox").length;
    setValue(database, "begun_afresh", String(messages));
  })();
}

function takePlace(path: string, fresh: string, nowMs: number): void {
  const directory = dirname(path);
  const aside = join(directory, freeName(directory, nowMs));
  // It belongs to the damaged file; beside the fresh one it would be rolled into that.
  if (existsSync(`${path}-journal`)) renameSync(`${path}-journal`, `${aside}-journal`);
  try {
    linkSync(path, aside);
  } catch (error) {
    if (!withoutLinks.has(errorCode(error))) throw error;
    renameSync(path, aside);
  }
  renameSync(fresh, path);
  synchronise(directory);
  const old = readdirSync(directory).filter((name) => /^damaged-.*\.db$/.test(name));
  for (const name of old.toSorted().slice(0, -damagedKept)) {
    for (const each of [name, `${name}-journal`]) rmSync(join(directory, each), { force: true });
  }
}

/** The errors of file systems without hard links. */
const withoutLinks: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

function freeName(directory: string, nowMs: number): string {
  const name = `damaged-${new Date(nowMs).toISOString().replace(/[:.]/g, "")}.db`;
  return existsSync(join(directory, name)) ? freeName(directory, nowMs + 1) : name;
}

function synchronise(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Without hard links, a run can be stopped between the two renames. */
export function finishBeginning(path: string): void {
  if (!existsSync(path) && existsSync(`${path}.new`)) renameSync(`${path}.new`, path);
}
