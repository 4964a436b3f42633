import type { Directories } from "../model/baseline.ts";
import { parseCount } from "./number.ts";

/** What `du(1)` counted in a directory and all that is below it: KiB, or files. */
export interface Size {
  readonly path: string;
  readonly count: number;
}

/** Parses what `du` prints: a count, a tab, a path. A name with a line break in it is left out. */
export const parseDu = (text: string): readonly Size[] =>
  text.split("\n").flatMap((line) => {
    const [, digits, path] = /^(\d+)\t(\/.*)$/.exec(line) ?? [];
    const count = parseCount(digits);
    return path === undefined || count === null ? [] : [{ path, count }];
  });

/** Sizes that are kept of a file system. */
const mostKept = 200;

/** The largest, for the next time. */
export function keepSizes(sizes: readonly Size[], atMs: number): Directories {
  const largest = sizes.toSorted((one, other) => other.count - one.count).slice(0, mostKept);
  const isWhole = sizes.length <= mostKept;
  return { atMs, isWhole, sizes: Object.fromEntries(largest.map(({ path, count }) => [path, count])) };
}

/** A directory is named by those in it where they make up so much of it. */
const enough = 0.6;
/** One that makes up less of its parent is not named. */
const worthIt = 0.1;

/**
 * The directories that grew most since their sizes were kept; the largest where none were. As deep as they go: that `/var`
 * grew is no news where `/var/lib/postgresql` did. Pure.
 */
export function grownMost(sizes: readonly Size[], before: Directories | null, least: number): readonly Size[] {
  const kept = Object.values(before?.sizes ?? {});
  // What is not among those that are kept was smaller than each of them.
  const unknown = before === null || before.isWhole ? 0 : Math.min(...kept);
  const grown = (one: Size) =>
    one.count - (before === null ? 0 : (before.sizes[one.path] ?? Math.min(unknown, one.count)));
  const below = Map.groupBy(sizes, ({ path }) => path.slice(0, path.lastIndexOf("/")) || "/");
  // The last that `du` prints.
  const whole = sizes.at(-1);
  const explain = (one: Size): readonly Size[] => {
    const all = grown(one);
    const inner = (below.get(one.path) ?? []).filter(
      (child) => child.path !== one.path && grown(child) >= Math.max(least, all * worthIt),
    );
    const explained = inner.reduce((sum, child) => sum + grown(child), 0);
    // That the whole of it grew is known.
    const isTold = explained >= all * enough || (one === whole && inner.length > 0);
    return isTold ? inner.flatMap(explain) : [{ path: one.path, count: all }];
  };
  const found = whole === undefined || grown(whole) < least ? [] : explain(whole);
  return found.toSorted((one, other) => other.count - one.count);
}
