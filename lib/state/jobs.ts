import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { errorCode } from "../errors.ts";
import { type JobRun, jobFile, jobsDirectory, parseRecord, withRun } from "../model/job.ts";
import { type DirectoryChoice, findPlaces, prepareDirectory } from "./directory.ts";

/**
 * Writes down a run of a job, in a file of its own beside the state: a state that is locked, full or broken harms no job.
 * Null when that is done, otherwise why not.
 */
export async function rememberJob(
  choice: DirectoryChoice,
  name: string,
  run: JobRun,
  lines?: readonly string[],
): Promise<string | null> {
  const { paths } = await findPlaces(choice);
  let problem = "there is no place for a state";
  for (const place of paths) {
    const found = await prepareDirectory(place);
    if (found.kind === "usable") return write(join(found.path, jobsDirectory), name, run, lines);
    problem = found.reason;
  }
  return problem;
}

/** Whole or not at all: a report may read it at any moment. */
async function write(directory: string, name: string, run: JobRun, lines?: readonly string[]): Promise<string | null> {
  const path = join(directory, jobFile(name));
  const unfinished = join(directory, `.${name}.${process.pid}`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const record = parseRecord(name, await readFile(path, "utf8").catch(() => ""));
    await writeFile(unfinished, `${JSON.stringify(withRun(record, run, lines))}\n`, { mode: 0o600, flush: true });
    await rename(unfinished, path);
    return null;
  } catch (error) {
    return `${path} could not be written (${errorCode(error)})`;
  }
}
