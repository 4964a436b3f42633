import { lstatSync, mkdirSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

/** Who asks, and where this user's things are. */
export interface Owner {
  readonly uid: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * A directory that all checkouts of a user share, made where it is missing. Programs are started from it, so nobody but
 * this user and root may be able to change it; null when there is no such place.
 */
export function cacheDirectory({ uid, env }: Owner, shared: readonly string[] = ["/var/tmp", "/tmp"]): string | null {
  const home = env["HOME"] ?? "";
  const own = [env["XDG_CACHE_HOME"] ?? "", home === "" ? "" : join(home, ".cache")];
  const places = [
    ...own.filter((path) => path.startsWith("/")).map((path) => join(path, "server-metrics-tests")),
    ...shared.map((path) => join(path, `server-metrics-tests-${uid}`)),
  ];
  // PATH and mount's options cannot hold the others.
  return places.find((path) => !/[:,\\]/.test(path) && isMade(path) && isOurs(path, uid)) ?? null;
}

function isMade(path: string): boolean {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

/** Whether a directory is this user's, and nobody else may change it or put another in its place. */
function isOurs(path: string, uid: number): boolean {
  const facts = lstatSync(path);
  return (
    facts.isDirectory() && facts.uid === uid && (facts.mode & 0o077) === 0 && isSafe(dirname(realpathSync(path)), uid)
  );
}

function isSafe(path: string, uid: number): boolean {
  const { uid: owner, mode } = lstatSync(path);
  // In a sticky directory, such as /tmp, only its owner may replace an entry.
  const isOpen = (mode & 0o022) !== 0 && (mode & 0o1000) === 0;
  return (owner === 0 || owner === uid) && !isOpen && (path === "/" || isSafe(dirname(path), uid));
}
