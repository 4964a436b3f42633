import { statSync } from "node:fs";
import { dirname } from "node:path";

import { errorCode } from "../errors.ts";

/** This program as a file that a schedule is to start, and who asks for that. */
export interface Executable {
  /** Whether it is compiled into one file; otherwise the file is the Bun runtime. */
  readonly isCompiled: boolean;
  /** Root, for whom the machine's own systemd works. */
  readonly isRoot: boolean;
  /** Whether another user, except root, may change or replace a file. */
  readonly isOthers: (path: string) => boolean;
}

/** The one that runs. */
export const executable: Executable = {
  isCompiled: Bun.isStandaloneExecutable,
  isRoot: process.getuid?.() === 0,
  isOthers,
};

function isOthers(path: string): boolean {
  const facts = statSync(path, { throwIfNoEntry: false });
  if (facts === undefined || process.getuid === undefined) return false;
  const { uid, mode } = facts;
  if (uid !== 0 && uid !== process.getuid()) return true;
  // Debian's /usr/local belongs to a group; in a sticky directory only the owner of a file may replace it.
  const isOpen = facts.isDirectory() ? (mode & 0o1002) === 0o0002 : (mode & 0o022) !== 0;
  const parent = dirname(path);
  return isOpen || (parent !== path && isOthers(parent));
}

/** The permission bits of a file, `chmod(1)`'s number, and the number of its owner; null when it cannot be looked at. */
export function fileFacts(path: string): { readonly mode: number; readonly owner: number } | null {
  try {
    const { mode, uid } = statSync(path);
    return { mode: mode & 0o7777, owner: uid };
  } catch {
    return null;
  }
}

/** Whether a directory above a path may not be searched by this user, so that no one can tell what is there. */
export function isHidden(path: string): boolean {
  try {
    statSync(path, { throwIfNoEntry: false });
    return false;
  } catch (error) {
    return errorCode(error) === "EACCES";
  }
}
