import { constants, Database } from "bun:sqlite";
import { accessSync, constants as access, existsSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";

import { checkAll } from "./check.ts";
import { problemOf } from "./database.ts";
import { databaseName, type DirectoryChoice, findPlaces, lookAtDirectory } from "./directory.ts";
import { full, isDamage, reasonOf } from "./fault.ts";
import { heldUntil, lockName } from "./lock.ts";
import { isHung, sayHung } from "./opening.ts";
import { isForeign } from "./owner.ts";
import { hasItsSchema, schemaVersion, versionOf } from "./schema.ts";

/** What a report would find at its state. Creates nothing. */
export type Inspection =
  | { readonly kind: "unwanted" }
  /** There is none yet; the first report makes it. */
  | { readonly kind: "absent"; readonly path: string }
  | {
      readonly kind: "usable";
      readonly path: string;
      readonly isLocked: boolean;
      /** The note of the next report about it. */
      readonly notes: readonly string[];
    }
  /** `full`: there is a state, and no room to write to it. */
  | { readonly kind: "unusable" | "newer" | "hung" | "full"; readonly reason: string };

/** Looks at the first place that can be used, as a report does. */
export async function inspectState(choice: DirectoryChoice, nowMs: number): Promise<Inspection> {
  const { isUnwanted, paths } = await findPlaces(choice);
  if (isUnwanted) return { kind: "unwanted" };
  const reasons: string[] = [];
  for (const path of paths) {
    const looked = await lookAtDirectory(path);
    if (looked.kind === "missing") {
      const parent = nearest(path);
      const problem = unwritable(parent, access.W_OK | access.X_OK) ?? (isFull(parent) ? full : null);
      if (problem === null) return { kind: "absent", path };
      reasons.push(`${path} cannot be made: ${problem}`);
      continue;
    }
    const found = looked.kind === "usable" ? inspectIn(looked.path, choice.owner ?? null, nowMs) : looked;
    if (found.kind !== "unusable") return found;
    reasons.push(found.reason);
  }
  return { kind: "unusable", reason: `${reasons.join("; ")}; fix that, or choose another directory with --state-dir` };
}

const nearest = (path: string): string => (path === dirname(path) || existsSync(path) ? path : nearest(dirname(path)));

function unwritable(path: string, mode: number): string | null {
  try {
    accessSync(path, mode);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** A run writes about as much. */
const leastFreeBytes = 64 * 1024;

/** What is kept free for root is none for others. Some servers do not tell their size. */
function isFull(path: string): boolean {
  const { blocks, bsize, bfree, bavail } = statfsSync(path);
  const free = process.getuid?.() === 0 ? bfree : bavail;
  return blocks > 0 && free * bsize < leastFreeBytes;
}

/** What keeps a run from writing there; null for nothing. Writes nothing itself. */
function refusalOf(directory: string, file: string): Inspection | null {
  const unusable = (path: string, problem: string) => ({ kind: "unusable", reason: `${path}: ${problem}` }) as const;
  const problem = unwritable(directory, access.W_OK | access.X_OK);
  if (problem !== null) return unusable(directory, problem);
  const notOurs = problemOf(file);
  if (notOurs !== null) return { kind: "unusable", reason: `${file} ${notOurs}` };
  for (const each of [file, `${file}-journal`, join(directory, lockName)].filter((path) => existsSync(path))) {
    const closed = unwritable(each, access.R_OK | access.W_OK);
    if (closed !== null) return unusable(each, closed);
  }
  if (!isFull(directory)) return null;
  return existsSync(file) ? { kind: "full", reason: `${file}: ${full}` } : unusable(directory, full);
}

function inspectIn(directory: string, owner: string | null, nowMs: number): Inspection {
  const file = join(directory, databaseName);
  const refusal = refusalOf(directory, file);
  if (refusal !== null) return refusal;
  const untilMs = heldUntil(directory);
  if (untilMs !== null && isHung({ kind: "held", untilMs }, nowMs)) {
    return { kind: "hung", reason: sayHung(directory, { kind: "held", untilMs }) };
  }
  const usable = { kind: "usable", path: directory, isLocked: untilMs !== null } as const;
  if (!existsSync(file)) {
    return usable.isLocked ? { ...usable, notes: [] } : { kind: "absent", path: directory };
  }
  try {
    using database = new Database(file, constants.SQLITE_OPEN_READONLY | constants.SQLITE_OPEN_NOFOLLOW);
    database.run("PRAGMA busy_timeout = 1000");
    if (versionOf(database) > schemaVersion) {
      return { kind: "newer", reason: `${file} was written by a newer version of server-metrics` };
    }
    const isWhole = versionOf(database) === 0 || hasItsSchema(database);
    if (!isWhole) return { ...usable, notes: [damaged] };
    if (versionOf(database) === schemaVersion) checkAll(database);
    return {
      ...usable,
      notes: isForeign(database, owner) ? ["of another machine; this one keeps its own next to it"] : [],
    };
  } catch (error) {
    if (isDamage(error)) return { ...usable, notes: [damaged] };
    return { kind: "unusable", reason: `${file}: ${reasonOf(error, file)}` };
  }
}

const damaged = "damaged: the next report starts a new one";
