import { withDeadline } from "../clock.ts";
import { parseBaseline } from "../model/baseline.ts";
import { type Format, printable } from "../format.ts";
import type { Size } from "../proc/directories.ts";
import { mountsOf } from "../report/causes.ts";
import { type DiskClues, tellDisk, tellSizes } from "../report/diskCauses.ts";
import type { CauseWords } from "../words/en/causes.ts";
import type { News } from "../report/explain.ts";
import type { Machine } from "../host/machine.ts";
import type { Config } from "../settings/config.ts";
import type { Past } from "../state/past.ts";
import type { Words } from "../words/en.ts";
import type { Measurement } from "./measure.ts";
import { measureDirectories } from "./directories.ts";
import { findFreeable } from "./reclaim.ts";

/** What an inquiry is about. */
export interface Inquiry {
  readonly machine: Machine;
  readonly config: Config;
  readonly past: Past;
  readonly news: News;
  readonly measured: Pick<Measurement, "changes" | "snapshot" | "observations" | "incidents">;
  readonly format: Format;
  readonly words: Words;
}

/** What an alert waits for, and what it is told later, milliseconds. */
const soonMs = 3000;
const lateMs = 25_000;
/** A disk alert is about one disk, as a rule, and each costs something. */
const mostDisks = 2;

/** The lines found so far, and those still to come; null for none. */
export interface Found {
  readonly lines: readonly string[];
  readonly later: Promise<readonly string[]> | null;
}

/** What fills the disks that an alert is about. */
export async function inquireDisks(inquiry: Inquiry, forms: CauseWords): Promise<Found> {
  const disks = await Promise.all(
    mountsOf(inquiry.news)
      .slice(0, mostDisks)
      .map((mount) => inquireDisk(inquiry, mount, forms)),
  );
  const waits = disks.flatMap(({ later }) => (later === null ? [] : [later]));
  const later = async () => (await Promise.all(waits)).flat();
  return { lines: disks.flatMap(({ lines }) => lines), later: waits.length === 0 ? null : later() };
}

async function inquireDisk(inquiry: Inquiry, mount: string, forms: CauseWords): Promise<Found> {
  const { machine, past, measured, format } = inquiry;
  const { host, clock } = machine;
  const nowMs = clock.now();
  const { storage } = measured.snapshot.readings;
  const all = storage.status === "ok" ? storage.value : [];
  const totalBytes = all.find((one) => one.mount === mount)?.usage?.totalBytes ?? 0;
  if (totalBytes === 0) return { lines: [], later: null };
  const isOfInodes = inquiry.news.transitions.every(
    ({ rule }) => rule !== "storage_used" && rule !== "storage_full_soon",
  );
  const sizing = measureDirectories(host, mount, lateMs, isOfInodes ? "files" : "kib");
  const [counted, held, freeable] = await Promise.all([
    withDeadline(sizing, soonMs, "no sizes").catch((): readonly Size[] | null => null),
    host.heldFiles?.(mount).catch(() => []) ?? [],
    isOfInodes
      ? []
      : findFreeable(
          host,
          mount,
          all.map((one) => one.mount),
        ).catch(() => []),
  ]);
  const before = parseBaseline(past.baseline).directories[mount] ?? null;
  const known = counted ?? [];
  const clues: DiskClues = {
    mount,
    totalBytes,
    sizes: isOfInodes ? [] : known,
    files: isOfInodes ? known : [],
    before,
    held,
    freeable,
  };
  const lines = tellDisk(clues, nowMs, forms, format);
  if (counted !== null || isOfInodes) return { lines, later: null };
  return { lines, later: tellLater(sizing, { before, totalBytes }, nowMs, forms, format) };
}

async function tellLater(
  sizing: Promise<readonly Size[]>,
  { before, totalBytes }: Pick<DiskClues, "before" | "totalBytes">,
  nowMs: number,
  forms: CauseWords,
  format: Format,
): Promise<readonly string[]> {
  const sizes = await sizing.catch(() => []);
  return tellSizes({ sizes, before, totalBytes }, nowMs, forms, format).map((line) => printable(line));
}
