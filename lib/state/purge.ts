import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import type { Result } from "../errors.ts";
import { databaseName, type DirectoryChoice } from "./directory.ts";
import { attempt, reasonOf } from "./fault.ts";
import { lockName, takeLock } from "./lock.ts";
import { findStateFile } from "./reading.ts";

/** The files of a state. */
export interface StateFiles {
  readonly directory: string;
  /** Their paths. */
  readonly files: readonly string[];
}

/** The files of this machine's state, those that were set aside among them; null where there is none. Makes nothing. */
export async function stateFiles(choice: DirectoryChoice): Promise<StateFiles | null> {
  const file = await findStateFile(choice);
  if (file === null) return null;
  const directory = dirname(file);
  const found = attempt(() => readdirSync(directory));
  const names = found.ok ? found.value : [];
  const isOwn = (name: string) =>
    name === basename(file) || name.startsWith(`${basename(file)}-`) || name.startsWith(`${basename(file)}.`);
  // Where several machines share a directory, the lock is everybody's.
  const isShared = names.some((name) => /^state(-\w+)?\.db$/.test(name) && name !== basename(file));
  const isAlone = !isShared && basename(file) === databaseName;
  const isSetAside = (name: string) => isAlone && /^damaged-.*\.db/.test(name);
  const files = names.filter((name) => isOwn(name) || isSetAside(name)).map((name) => join(directory, name));
  return { directory, files: isAlone ? [...files, join(directory, lockName)] : files };
}

/** Removes a state for good, and its directory when nothing else is in it. */
export function purge({ directory, files }: StateFiles, nowMs: number): Result<null> {
  const done = attempt(() => {
    const lock = takeLock(directory, nowMs + 60_000);
    if (lock.kind === "held") return false;
    for (const file of files) rmSync(file, { force: true });
    lock[Symbol.dispose]();
    if (readdirSync(directory).length === 0) rmdirSync(directory);
    return true;
  });
  if (!done.ok) return { ok: false, problem: `${directory}: ${reasonOf(done.error)}` };
  return done.value
    ? { ok: true, value: null }
    : { ok: false, problem: "another run is in progress; try again in a minute" };
}
