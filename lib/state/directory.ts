import { constants } from "node:fs";
import { chmod, lstat, mkdir, open, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { withDeadline } from "../clock.ts";
import { errorCode } from "../errors.ts";

interface Refusal {
  readonly kind: "unusable";
  readonly reason: string;
  /** The disk or server did not answer: asking again would hang as well, and hold one of the few threads. */
  readonly isSilent?: boolean;
}

/** A directory to keep state in, or why it is none. */
export type StateDirectory = { readonly kind: "usable"; readonly path: string } | Refusal;

/** The inputs that decide the directory. */
export interface DirectoryChoice {
  /** `--state-dir`, which also takes the word `none`. */
  readonly flag: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A hash of the machine's id; null or not given where it has none. */
  readonly owner?: string | null;
  /** Whether this user is root; defaults to the process's user. */
  readonly isRoot?: boolean;
}

/** Candidate directories for the state, best first. */
export interface Places {
  /** No state is kept. */
  readonly isUnwanted: boolean;
  /** The user named the only place. */
  readonly isNamed: boolean;
  readonly paths: readonly string[];
}

/** In the directory of a state. */
export const databaseName = "state.db";

const systemPlace = "/var/lib/server-metrics";

/**
 * The places for state, for those who write and those who read: the one that was named, or else the customary ones, those
 * with a state before those without. Makes nothing.
 */
export async function findPlaces(choice: DirectoryChoice): Promise<Places> {
  const named = choice.flag ?? (choice.env["SERVER_METRICS_STATE_DIR"] || undefined);
  if (named === "none") return { isUnwanted: true, isNamed: true, paths: [] };
  if (named !== undefined) return { isUnwanted: false, isNamed: true, paths: [named] };
  const paths = await customaryPlaces(choice);
  const held = await Promise.all(paths.map(async (path) => isThere(join(path, databaseName))));
  const sorted = [...paths.filter((_, index) => held[index]), ...paths.filter((_, index) => !held[index])];
  return { isUnwanted: false, isNamed: false, paths: sorted };
}

/** systemd sets STATE_DIRECTORY, to a list where a unit has several. */
async function customaryPlaces({
  env,
  isRoot = process.getuid?.() === 0,
}: DirectoryChoice): Promise<readonly string[]> {
  const systemd = env["STATE_DIRECTORY"]?.split(":", 1)[0];
  const { XDG_STATE_HOME: xdg, HOME: home } = env;
  const places = [
    systemd,
    // What a timer writes there is also what root sees by hand.
    isRoot && (await isThere(systemPlace)) ? systemPlace : undefined,
    xdg ? join(xdg, "server-metrics") : undefined,
    home ? join(home, ".local/state/server-metrics") : undefined,
    systemPlace,
  ];
  return [...new Set(places.filter((path): path is string => path?.startsWith("/") ?? false))];
}

/** A disk that has to start first takes some seconds; a server that is gone takes for ever. */
const patienceMs = 15_000;

const isThere = (path: string) =>
  withDeadline(lstat(path), patienceMs, "no answer").then(
    () => true,
    () => false,
  );

/**
 * Makes a directory for state, or finds that it is good. It must be a real directory of ours that nobody else may write to,
 * or another user could plant files for us to open. What leads to it may be a link: that is its owner's business.
 */
export async function prepareDirectory(path: string): Promise<StateDirectory> {
  return judged(path, async () => {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const real = await realPath(path);
    const problem = await problemOf(real);
    if (problem !== null) return { kind: "unusable", reason: `${path} ${problem}` };
    if (((await lstat(real)).mode & 0o077) !== 0) await chmod(real, 0o700);
    return { kind: "usable", path: real };
  });
}

/** The same for those who make nothing. */
export async function lookAtDirectory(path: string): Promise<StateDirectory | { readonly kind: "missing" }> {
  return judged<StateDirectory | { readonly kind: "missing" }>(path, async () => {
    if (await isMissing(path)) return { kind: "missing" };
    const real = await realPath(path);
    const problem = await problemOf(real);
    return problem === null ? { kind: "usable", path: real } : { kind: "unusable", reason: `${path} ${problem}` };
  });
}

/** Asked for in the background: a system call that hangs would hold up the one thread and every deadline with it. */
async function judged<T>(path: string, judge: () => Promise<T>): Promise<T | Refusal> {
  try {
    return await withDeadline(judge(), patienceMs, "no answer");
  } catch (error) {
    const code = errorCode(error);
    const why = code === "" ? "does not answer: look at the disk or the server behind it" : reasons[code];
    const silent = code === "" ? { isSilent: true } : {};
    return { kind: "unusable", reason: `${path} ${why ?? `cannot be used (${code})`}`, ...silent };
  }
}

/** Neither it nor, perhaps, what leads to it. */
const isMissing = (path: string) =>
  lstat(path).then(
    () => false,
    (error: unknown) => errorCode(error) === "ENOENT",
  );

/** Not of the last part: a link there could be turned to point elsewhere between two runs. */
const realPath = async (path: string) => join(await realpath(dirname(path)), basename(path));

/** Why a directory is none for state, as a clause about it. */
async function problemOf(path: string): Promise<string | null> {
  const facts = await lstat(path);
  if (!facts.isDirectory()) return "is not a directory, or a link";
  if (process.getuid !== undefined && facts.uid !== process.getuid()) return "belongs to another user";
  if ((facts.mode & 0o022) !== 0) return "may be written to by other users";
  for (const name of [databaseName, `${databaseName}-journal`, "lock.db"]) {
    const file = await lstat(join(path, name)).catch(() => null);
    // A FIFO would keep SQLite waiting for ever.
    if (file !== null && !file.isFile()) return `holds ${name}, which is not a regular file of ours`;
  }
  await readFirstPage(join(path, databaseName));
  return null;
}

/** Detects a file server that does not answer. Faults of the file itself are found later. */
async function readFirstPage(file: string): Promise<void> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch(() => null);
  await handle?.read(Buffer.alloc(4096), 0, 4096, 0).catch(() => null);
  await handle?.close();
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
  ELOOP: "is a link that leads to itself",
  EMFILE: "cannot be opened: too many open files",
  ENFILE: "cannot be opened: too many open files",
  EIO: "cannot be read: input/output error",
};
