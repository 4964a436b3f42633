import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { errorCode } from "../errors.ts";
import { executable } from "./executable.ts";

/**
 * Writes a file that others read at any moment: they find the old contents or the new ones, whole, also after a power
 * failure. Readable by all, because its reader is another user. Null when done, otherwise why not, in a clause.
 */
export function replaceFile(
  path: string,
  contents: string | Uint8Array,
  facts: FileFacts = { mode: 0o644, uid: -1, gid: -1 },
): string | null {
  // The reader must not take it for one of its own, so it does not keep the suffix.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    if (isOther(path)) return notRegular;
    writeWhole(temporary, contents, facts);
    renameSync(temporary, path);
    sync(dirname(path));
    return null;
  } catch (error) {
    removeRest(temporary);
    return sayFault(error);
  }
}

/**
 * The same for a file of the owner's, such as the settings: its mode and owner stay, and a link leads to it. A new one is
 * readable by this user alone. One that others may change is left as it is.
 */
export function rewriteFile(path: string, contents: string): string | null {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
    const real = isThere ? realpathSync(path) : path;
    if (executable.isOthers(isThere ? path : dirname(path)) || executable.isOthers(real)) return openToOthers;
    const facts = isThere ? statSync(real) : { mode: 0o600, uid: -1, gid: -1 };
    return replaceFile(real, contents, facts);
  } catch (error) {
    return sayFault(error);
  }
}

const openToOthers = "may be changed by others, so nothing is written into it: chown it, and chmod 600";

/** Removes the temporary file, best effort: the first fault usually stops this, too. */
function removeRest(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Report the first fault.
  }
}

/** Why a file could not be written so, in a clause; null when nothing is in the way. Changes nothing. */
export function findObstacle(path: string): string | null {
  try {
    if (isOther(path)) return notRegular;
    accessSync(dirname(path), constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return sayFault(error);
  }
}

const notRegular = "is not a regular file";

/** A device or a link would be replaced, too. */
const isOther = (path: string) => lstatSync(path, { throwIfNoEntry: false })?.isFile() === false;

function sayFault(error: unknown): string {
  const code = errorCode(error);
  return problems[code] ?? `could not be written${code === "" ? "" : ` (${code})`}`;
}

/** Of a file; the numbers of owner and group are -1 where those who write it have it. */
interface FileFacts {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

function writeWhole(path: string, contents: string | Uint8Array, { mode, uid, gid }: FileFacts): void {
  rmSync(path, { force: true });
  const descriptor = openSync(path, "wx");
  try {
    writeFileSync(descriptor, contents);
    // Only where it is another's, because only root may.
    if (uid !== -1) fchownSync(descriptor, uid, gid);
    fchmodSync(descriptor, mode & 0o7777);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** A rename is on the disk when its directory is. */
function sync(directory: string): void {
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const problems: Readonly<Record<string, string>> = {
  EACCES: "may not be written by this user",
  EPERM: "may not be written by this user",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the quota is used up",
  ENOENT: "its directory does not exist",
  ENOTDIR: "its directory does not exist",
};
