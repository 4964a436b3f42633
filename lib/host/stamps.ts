import { readdirSync, readlinkSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";

import { errorCode } from "../errors.ts";
import { hidden } from "../model/host.ts";

/** A file that was written just now may be written again within the same tick of its clock. */
const unsettledMs = 2000;

/** Without the disk of these no program would run. */
const ofRoot = /^\/(?:etc|lib|usr|var)\//;

/**
 * A stamp of each file or directory that is another one whenever it was changed; null for what is not there. Where homes
 * have a disk of their own, one is asked for in the background first: a deadline can overtake it.
 */
export async function readStamps(paths: readonly string[]): Promise<readonly (string | null)[]> {
  const other = paths.find((path) => !ofRoot.test(path));
  if (other !== undefined) await stat(other).catch(() => null);
  const nowMs = Date.now();
  return paths.map((path) => {
    try {
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts === undefined) return null;
      const { mtimeMs, size, ino, ctimeMs } = facts;
      const isSettled = Math.abs(nowMs - ctimeMs) > unsettledMs;
      return `${mtimeMs}-${size}-${ino}-${isSettled ? ctimeMs : `at ${nowMs}`}`;
    } catch (error) {
      return ["EACCES", "EPERM"].includes(errorCode(error)) ? hidden : null;
    }
  });
}

/** Where each link in a directory leads; what is no link is not among them. */
export function readLinks(directory: string): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const name of readdirSync(directory)) {
    try {
      links.set(name, readlinkSync(`${directory}/${name}`));
    } catch {
      // No link, or gone meanwhile.
    }
  }
  return links;
}
