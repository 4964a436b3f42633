import { chmodSync, lstatSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { errorCode } from "../errors.ts";

/** A directory to keep state in, or why there is none. `asked`: somebody wants to run without one. */
export type StateDirectory =
  | { readonly kind: "usable"; readonly path: string }
  | { readonly kind: "none"; readonly asked: boolean; readonly reason: string };

/** What decides where the state is kept. */
export interface DirectoryChoice {
  /** `--state-dir`, which also takes the word `none`. */
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Finds the state directory and makes it: the one that was named, which must then be good, or else the first of the
 * customary places that can be had. It must be a real directory of ours that nobody else may write to, or another user
 * could plant files for us to open.
 */
export function findStateDirectory({ flag, env }: DirectoryChoice): StateDirectory {
  const named = flag ?? (env["SERVER_METRICS_STATE_DIR"] || undefined);
  if (named === "none") return { kind: "none", asked: true, reason: "run without state" };
  if (named !== undefined) return advise(prepare(named));
  const refusals: string[] = [];
  for (const path of customaryPlaces(env)) {
    const prepared = prepare(path);
    if (prepared.kind === "usable") return prepared;
    refusals.push(prepared.reason);
  }
  return advise({ kind: "none", asked: false, reason: refusals.join("; ") });
}

function advise(directory: StateDirectory): StateDirectory {
  if (directory.kind === "usable") return directory;
  return { ...directory, reason: `${directory.reason}; mend that, or name another directory with --state-dir` };
}

/** Every place where state may be kept already, for looking without touching. */
export function possibleDirectories({ flag, env }: DirectoryChoice): readonly string[] {
  const named = flag ?? (env["SERVER_METRICS_STATE_DIR"] || undefined);
  if (named === "none") return [];
  return named === undefined ? customaryPlaces(env) : [named];
}

/** In this order; systemd sets STATE_DIRECTORY, to a list where a unit has several. */
function customaryPlaces(env: DirectoryChoice["env"]): readonly string[] {
  const systemd = env["STATE_DIRECTORY"]?.split(":", 1)[0];
  const { XDG_STATE_HOME: xdg, HOME: home } = env;
  return [
    systemd,
    xdg ? join(xdg, "server-metrics") : undefined,
    home ? join(home, ".local/state/server-metrics") : undefined,
    "/var/lib/server-metrics",
  ].filter((path): path is string => path?.startsWith("/") ?? false);
}

function prepare(path: string): StateDirectory {
  const refuse = (why: string) => ({ kind: "none", asked: false, reason: `${path} ${why}` }) as const;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    // Not stat: a link could be turned to point elsewhere between two runs.
    const facts = lstatSync(path);
    if (!facts.isDirectory()) return refuse("is not a directory, or a link");
    if (process.getuid !== undefined && facts.uid !== process.getuid()) return refuse("belongs to another user");
    if ((facts.mode & 0o022) !== 0) return refuse("may be written to by other users");
    if ((facts.mode & 0o077) !== 0) chmodSync(path, 0o700);
    return { kind: "usable", path };
  } catch (error) {
    const code = errorCode(error);
    return refuse(reasons[code] ?? `cannot be used (${code || "unknown error"})`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "may not be made or opened by this user",
  EPERM: "may not be made or opened by this user",
  EROFS: "is on a read-only file system",
  ENOSPC: "is on a full disk",
  EDQUOT: "is over the quota",
  EEXIST: "is not a directory, or a link",
  ENOTDIR: "is not a directory",
  ENOENT: "cannot be made",
};
