import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { parseDu, type Size } from "../proc/directories.ts";

/** What a size counts: files, or blocks of 1024 bytes. */
type Count = "files" | "kib";

/** Deep enough to name what fills a disk. */
const depths = [3, 2] as const;

/**
 * Sizes of the directories of one file system, the whole last, from a `du(1)` that lets everything else go first and is
 * killed at the deadline. Empty where it cannot be had, or not in time.
 */
export async function measureDirectories(
  host: Host,
  mount: string,
  deadlineMs: number,
  count: Count = "kib",
): Promise<readonly Size[]> {
  for (const depth of depths) {
    const args = [...(count === "kib" ? ["-xk"] : ["-x", "--inodes"]), "-d", String(depth), mount];
    try {
      return parseDu(await runGently(host, "du", args, deadlineMs));
    } catch (error) {
      // Thousands of directories are more than is read; one level less has fewer.
      if (!(error instanceof Error) || !error.message.startsWith("more than")) return [];
    }
  }
  return [];
}

/** Sizes of some directories and files in KiB, by path, those that are there. */
export async function measurePaths(
  host: Host,
  paths: readonly string[],
  deadlineMs: number,
): Promise<ReadonlyMap<string, number>> {
  if (paths.length === 0) return new Map();
  const text = await ifThere(runGently(host, "du", ["-sk", ...paths], deadlineMs)).catch(() => null);
  return new Map(parseDu(text ?? "").map(({ path, count }) => [path, count]));
}

/** At idle priority for disk and CPU. What it may not read is left out, and its exit status says so. */
async function runGently(host: Host, program: string, args: readonly string[], deadlineMs: number): Promise<string> {
  const nicely = ["-n", "19", program, ...args];
  const limits = { deadlineMs, anyStatus: true };
  try {
    return await host.run("ionice", ["-c", "3", "nice", ...nicely], limits);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    return host.run("nice", nicely, limits);
  }
}
