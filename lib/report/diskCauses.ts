import { type Format, printable } from "../format.ts";
import type { HeldFile } from "../model/host.ts";
import type { Directories } from "../model/baseline.ts";
import { grownMost, type Size } from "../proc/directories.ts";
import type { CauseWords } from "../words/en/causes.ts";

/** What was found on a file system that fills up. */
export interface DiskClues {
  readonly mount: string;
  readonly totalBytes: number;
  /** In KiB, and in files where the inodes run out; empty while they are not measured. */
  readonly sizes: readonly Size[];
  readonly files: readonly Size[];
  readonly before: Directories | null;
  readonly held: readonly HeldFile[];
  readonly freeable: readonly { readonly command: string; readonly bytes: number }[];
}

/** What fills a disk, and what may be deleted: a line each. Parts of a disk that are too small to matter are left out. */
export function tellDisk(clues: DiskClues, nowMs: number, forms: CauseWords, format: Format): readonly string[] {
  const { totalBytes, held, freeable } = clues;
  const least = totalBytes / 100;
  const deleted = byProcess(held).filter(({ bytes }) => bytes >= least);
  const frees = freeable.filter(({ bytes }) => bytes >= least / 2);
  return [
    ...tellSizes(clues, nowMs, forms, format),
    ...tellFiles(clues, forms),
    ...(deleted.length === 0
      ? []
      : [forms.held(deleted.slice(0, shown).map((one) => forms.user(one.process, format.bytes(one.bytes))))]),
    ...(frees.length === 0
      ? []
      : [forms.freeable(frees.slice(0, shown + 1).map((one) => forms.user(one.command, format.bytes(one.bytes))))]),
  ].map((line) => printable(line));
}

const shown = 3;

/** What grew since its sizes were kept; the largest where they were not, or where nothing grew by much. */
export function tellSizes(
  { sizes, before, totalBytes }: Pick<DiskClues, "sizes" | "before" | "totalBytes">,
  nowMs: number,
  forms: CauseWords,
  format: Format,
): readonly string[] {
  const least = totalBytes / 1024 / 100;
  const grown = before === null ? [] : grownMost(sizes, before, least).slice(0, shown);
  const [first, ...rest] = grown;
  if (before !== null && first !== undefined) {
    const say = ({ path, count }: Size) => forms.grown(path, format.bytes(count * 1024));
    return [forms.grew([say(first), ...rest.map(say)], (nowMs - before.atMs) / 1000)];
  }
  const largest = grownMost(sizes, null, least).slice(0, shown);
  const say = ({ path, count }: Size) => forms.user(path, format.bytes(count * 1024));
  return largest.length === 0 ? [] : [forms.largest(largest.map(say))];
}

function tellFiles({ files }: DiskClues, forms: CauseWords): readonly string[] {
  const most = grownMost(files, null, (files.at(-1)?.count ?? 0) / 10).slice(0, shown);
  return most.length === 0 ? [] : [forms.files(most.map(({ path, count }) => forms.user(path, String(count))))];
}

/** A process may have many. */
function byProcess(held: readonly HeldFile[]): readonly HeldFile[] {
  const groups = [...Map.groupBy(held, ({ process }) => process)];
  return groups
    .map(([process, files]) => ({ process, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) }))
    .toSorted((one, other) => other.bytes - one.bytes);
}
