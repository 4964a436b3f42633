import { readdirSync, readlinkSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";

import { errorCode } from "../errors.ts";
import { hidden } from "../model/host.ts";

/** A file that was written just now may be written again within the same tick of its clock. */
const unsettledMs = 2000;

/** Without the disk of these no program would run. */
const ofRoot = /^\/(?:etc|lib|usr|var)\//;

type Numbers = readonly [mtimeMs: number, size: number, ino: number, ctimeMs: number];

/**
 * The numbers of each file or directory that differ after a change, stat(2); null where there is none. Where homes have a
 * disk of their own, one stat runs in the background first, so that a deadline can overtake it.
 */
async function readFacts(paths: readonly string[]): Promise<readonly (Numbers | typeof hidden | null)[]> {
  const other = paths.find((path) => !ofRoot.test(path));
  if (other !== undefined) await stat(other).catch(() => null);
  const nowMs = Date.now();
  return paths.map((path) => {
    try {
      const facts = statSync(path, { throwIfNoEntry: false });
      if (facts === undefined) return null;
      const { mtimeMs, size, ino, ctimeMs } = facts;
      return [mtimeMs, size, ino, Math.abs(nowMs - ctimeMs) > unsettledMs ? ctimeMs : -nowMs];
    } catch (error) {
      return ["EACCES", "EPERM"].includes(errorCode(error)) ? hidden : null;
    }
  });
}

/** A stamp of each; null for what is not there. */
export const readStamps = async (paths: readonly string[]): Promise<readonly (string | null)[]> =>
  (await readFacts(paths)).map((facts) => (facts === null || facts === hidden ? facts : facts.join("-")));

/** One stamp of all. Whether two are the same is all that is asked. */
export async function readStamp(paths: readonly string[]): Promise<string> {
  const numbers = (await readFacts(paths)).flatMap((facts) => (facts === hidden ? [-1] : (facts ?? [-2])));
  return Bun.hash(new Float64Array(numbers)).toString(36);
}

/**
 * The targets of the links in a directory, by name; other entries are left out. `most` is for the open files of a process,
 * whose names are numbers: it takes the lowest.
 */
export function readLinks(directory: string, most = Infinity): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  // The kernel tells the number from 6.2 on; to list them takes as long as to follow them.
  const isLong = most !== Infinity && statSync(directory).size > most;
  const names = isLong ? Array.from({ length: most }, (_, number) => String(number)) : mayBeLinks(directory);
  for (const name of names) {
    try {
      links.set(name, readlinkSync(`${directory}/${name}`));
    } catch {
      // No link, or gone meanwhile.
    }
  }
  return links;
}

/** To be told by an error what is none costs ten times as much. Some file systems know the type of nothing. */
const mayBeLinks = (directory: string) =>
  readdirSync(directory, { withFileTypes: true }).flatMap((one) =>
    one.isFile() || one.isDirectory() ? [] : [one.name],
  );
