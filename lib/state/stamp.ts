import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  futimesSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import type { Told } from "../report/repeats.ts";

const nothingTold: Told = { news: {}, cardMs: null, anythingMs: null };

const toldText = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ news: v.record(v.string(), v.number()), cardMs: v.nullable(v.number()) }),
);

/**
 * A small file that takes the place of a state that cannot be written. `identity` tells the installations apart. Where the
 * file system is full the file is empty, and only its time says that something was told.
 */
export interface Stamp {
  readonly read: () => Told;
  /** Whether anything can be remembered. */
  readonly isWritable: () => boolean;
  readonly write: (told: Told, nowMs: number) => void;
}

/** The stamp in the first of some directories that can be used; where none can, nothing is remembered. */
export function openStamp(directories: readonly string[], identity: string): Stamp {
  const name = `told-${new Bun.CryptoHasher("sha256").update(identity).digest("hex").slice(0, 16)}.json`;
  const inEach = function* <T>(use: (path: string) => T, makes: boolean) {
    for (const directory of directories) {
      try {
        if (isOurs(directory, makes)) yield use(join(directory, name));
      } catch {
        // The next one may do.
      }
    }
  };
  const canIn = (use: (path: string) => void) => inEach(use, true).next().done !== true;
  return {
    // A file that could not be written any more is older than the one in the next place.
    read: () =>
      [...inEach(readTold, false)].reduce((one, other) => (newestIn(other) > newestIn(one) ? other : one), nothingTold),
    isWritable: () => canIn(touch),
    write: ({ news, cardMs }, nowMs) => {
      const text = JSON.stringify({ news, cardMs });
      canIn((path) => writeText(path, text, nowMs));
    },
  };
}

const newestIn = ({ news, cardMs, anythingMs }: Told) => Math.max(cardMs ?? 0, anythingMs ?? 0, ...Object.values(news));

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
function isOurs(directory: string, makes: boolean): boolean {
  if (makes && lstatSync(directory, { throwIfNoEntry: false }) === undefined) mkdirSync(directory, { mode: 0o700 });
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
    if (length === 0) {
      const { mtimeMs } = fstatSync(file);
      return { news: {}, cardMs: mtimeMs, anythingMs: mtimeMs };
    }
    return { ...v.parse(toldText, new TextDecoder().decode(bytes.subarray(0, length))), anythingMs: null };
  });
}

/** An empty file with a time needs no room. */
function mark(file: number, atMs: number): void {
  ftruncateSync(file);
  futimesSync(file, atMs / 1000, atMs / 1000);
}

function writeText(path: string, text: string, nowMs: number): void {
  withFile(path, constants.O_RDWR | constants.O_CREAT, (file) => {
    mark(file, nowMs);
    const bytes = new TextEncoder().encode(text);
    try {
      // A full file system takes a part of it.
      if (writeSync(file, bytes) === bytes.length) return;
    } catch (error) {
      mark(file, nowMs);
      throw error;
    }
    mark(file, nowMs);
    throw new Error("not written");
  });
}

/** Opens the file for writing; a new one says nothing. */
function touch(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
    withFile(path, constants.O_RDWR | constants.O_CREAT, (file) => mark(file, 0));
  else withFile(path, constants.O_RDWR, () => undefined);
}
