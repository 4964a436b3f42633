import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fsyncSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

import { errorCode } from "../errors.ts";

/**
 * Writes a file that others read at any moment: they find the old contents or the new ones, whole, also after a power
 * failure. Readable by all, because its reader is another user. Null when done, otherwise why not, in a clause.
 */
export function replaceFile(path: string, contents: string | Uint8Array): string | null {
  // The reader must not take it for one of its own, so it does not keep the suffix.
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}`);
  try {
    if (isOther(path)) return notRegular;
    writeWhole(temporary, contents);
    renameSync(temporary, path);
    sync(dirname(path));
    return null;
  } catch (error) {
    removeRest(temporary);
    return sayFault(error);
  }
}

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

function writeWhole(path: string, contents: string | Uint8Array): void {
  rmSync(path, { force: true });
  const descriptor = openSync(path, "wx");
  try {
    writeFileSync(descriptor, contents);
    fchmodSync(descriptor, 0o644);
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
