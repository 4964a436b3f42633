import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import type { Told } from "../report/repeats.ts";

const nothingTold: Told = { news: {}, cardMs: null };

const toldText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ news: v.record(v.string(), v.number()), cardMs: v.nullable(v.number()) }),
);

/** A small file that takes the place of a state that cannot be written. `identity` tells the installations apart. */
export interface Stamp {
  readonly read: () => Told;
  readonly write: (told: Told) => void;
}

/** The stamp in the first of some directories that can be used; where none can, nothing is remembered. */
export function openStamp(directories: readonly string[], identity: string): Stamp {
  const name = `told-${new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 16)}.json`;
  const firstOf = <T>(use: (path: string) => T): T | null => {
    for (const directory of directories) {
      try {
        if (isOurs(directory)) return use(join(directory, name));
      } catch {
        // The next one may do.
      }
    }
    return null;
  };
  return {
    read: () => firstOf(readTold) ?? nothingTold,
    write: (told) => void firstOf((path) => writeText(path, JSON.stringify(told))),
  };
}

/** Memory file systems come first: they can be written when the disk cannot. */
export function stampDirectories(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const uid = process.getuid?.() ?? 0;
  const { RUNTIME_DIRECTORY: ofUnit = "", XDG_RUNTIME_DIR: ofUser = "" } = env;
  return [
    ofUnit.split(":", 1)[0] ?? "",
    ofUser === "" ? "" : join(ofUser, "server-metrics"),
    ...(uid === 0 ? ["/run/server-metrics"] : []),
    `/dev/shm/server-metrics-${uid}`,
    `/tmp/server-metrics-${uid}`,
  ].filter((path) => path.startsWith("/"));
}

/** A directory of our own that nobody else may write to, or another user could silence an alert. Made where there is none. */
function isOurs(directory: string): boolean {
  if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) mkdirSync(directory, { mode: 0o700 });
  const facts = lstatSync(directory);
  return facts.isDirectory() && isOwn(facts.uid) && (facts.mode & 0o022) === 0;
}

const isOwn = (uid: number) => process.getuid === undefined || uid === process.getuid();

const longestBytes = 256 * 1024;

/** Not through a link, and not waiting for the other end of a pipe. */
function withFile<T>(path: string, flags: number, use: (file: number) => T): T {
  const file = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  try {
    const facts = fstatSync(file);
    if (!facts.isFile() || !isOwn(facts.uid) || facts.size > longestBytes) throw new Error("not ours");
    return use(file);
  } finally {
    closeSync(file);
  }
}

function readTold(path: string): Told {
  return withFile(path, constants.O_RDONLY, (file) => {
    const bytes = new Uint8Array(longestBytes);
    const length = readSync(file, bytes);
    return v.parse(toldText, new TextDecoder().decode(bytes.subarray(0, length)));
  });
}

function writeText(path: string, text: string): void {
  withFile(path, constants.O_RDWR | constants.O_CREAT, (file) => {
    ftruncateSync(file);
    const bytes = new TextEncoder().encode(text);
    // A full file system takes a part of it.
    if (writeSync(file, bytes) !== bytes.length) throw new Error("not written");
  });
}
