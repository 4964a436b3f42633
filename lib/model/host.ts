import * as v from "valibot";

import type { CheckProblem } from "./problem.ts";
import type { Probe, ProbeAnswer } from "./probe.ts";
import type { HttpCheck, TcpCheck } from "./settings.ts";

/**
 * Thrown by a collector or a source when this machine simply does not have the thing: no such file in its kernel, no
 * sensor, no permission. The collect stage turns it into an `unavailable` reading; any other error becomes `failed`.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  /** It is there, and this user may not read it. */
  readonly isHidden: boolean;
  constructor(reason: string, isHidden = false) {
    super(reason);
    this.isHidden = isHidden;
  }
}

/** In place of the stamp of a file that this user may not see. */
export const hidden = "hidden";

/** The value of a reading; null when it is `Unavailable`. Throws every other error. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Unavailable) return null;
    throw error;
  }
}

/** The answer of statfs(2) for one file system. Sizes are bytes, already multiplied by the fragment size. */
export const FileSystemUsage = v.object({
  totalBytes: v.number(),
  /** Free, including the blocks reserved for root. */
  freeBytes: v.number(),
  /** Free for users; `df` calls it Avail. */
  availableBytes: v.number(),
  /** 0 where the file system has no fixed number of inodes. */
  inodes: v.number(),
  inodesFree: v.number(),
});
export type FileSystemUsage = Readonly<v.InferOutput<typeof FileSystemUsage>>;

/**
 * The machine, as collectors see it. Every method throws `Unavailable` for what is not there or not ours to read, and
 * a plain error for what broke.
 */
export interface Host {
  /** A file below /proc, such as `meminfo`. `latin1` keeps each byte as one character, for names that are not UTF-8. */
  readonly readProc: (name: string, encoding?: "utf8" | "latin1") => Promise<string>;
  /** The begin of a long file below /proc, up to a piece with a match at least. */
  readonly readProcUntil: (name: string, end: RegExp) => Promise<string>;
  /** A file below /sys. */
  readonly readSys: (name: string) => Promise<string>;
  /** Any other file, by its absolute path. */
  readonly readFile: (path: string, encoding?: "latin1") => Promise<string>;
  /** The names in a directory, by its absolute path. */
  readonly list: (path: string) => Promise<readonly string[]>;
  /** The targets of the links in a directory (an absolute path), by name. `most` limits the open files of a process. */
  readonly links: (path: string, most?: number) => Promise<ReadonlyMap<string, string>>;
  /**
   * A text for each absolute path that is another one whenever the file or the directory was changed; null for what is
   * not there, and `hidden` for what this user may not see.
   */
  readonly stamps: (paths: readonly string[]) => Promise<readonly (string | null)[]>;
  /** One text for all of them, which costs less. */
  readonly stamp: (paths: readonly string[]) => Promise<string>;
  /**
   * statfs(2) of a mount point, under a deadline of 2 s. The path is bytes, because a mount point need not be UTF-8. One
   * that `mayHang` is asked in a process of its own, because a stuck call cannot be taken back.
   */
  readonly statfs: (mountPoint: Buffer, mayHang?: boolean) => Promise<FileSystemUsage>;
  /** The output of a program, killed after 2 s unless `limits` say more. Only where no file has the same facts. */
  readonly run: (
    program: string,
    args: readonly string[],
    limits?: { readonly deadlineMs: number; readonly anyStatus?: boolean },
  ) => Promise<string>;
  /** The body of an HTTP GET over a unix socket, under a deadline of 2 s. */
  readonly getUnix: (socket: string, path: string) => Promise<string>;
  /** systeminformation's answer on one part of the machine, as JSON, under a deadline of 2.5 s. Costly. */
  readonly inventory: (part: InventoryPart) => Promise<string>;
  /** Files of a file system that have no name any more, and processes that have them open. Not there: not known. */
  readonly heldFiles?: (mountPoint: string) => Promise<readonly HeldFile[]>;
  /** Asks for a page, under the check's own deadline. Never throws: that there is none is what it finds. */
  readonly checkHttp: (check: HttpCheck) => Promise<HttpFinding>;
  /** Connects to a port, under the check's own deadline. Never throws. */
  readonly checkTcp: (check: TcpCheck) => Promise<CheckFinding>;
  /** Runs a program of the owner's, or reads a page or a file, in so many milliseconds at most. Never throws. */
  readonly askProbe: (probe: Probe, deadlineMs: number) => Promise<ProbeAnswer>;
}

/** A file that was deleted and still takes its room, and one of the processes that have it open. */
export interface HeldFile {
  readonly process: string;
  readonly bytes: number;
}

/** The result of a check. */
export interface CheckFinding {
  /** Null when all is as it should be. */
  readonly problem: CheckProblem | null;
  /** Until it answered, redirects included; null when it did not. */
  readonly seconds: number | null;
}

/** The result of an HTTP check. */
export interface HttpFinding extends CheckFinding {
  /** Days until the certificate expires, the shortest of a redirect's several; null without one. */
  readonly certificateDays: number | null;
  /** How long that certificate is valid in all. */
  readonly certificateLifeDays?: number;
}

/** A part of the inventory, by the name of systeminformation's call. */
export type InventoryPart = "cpu" | "diskLayout" | "graphics" | "memLayout" | "system";

/** Makes HTTP requests; the runtime's `fetch` is one. */
export type Fetch = (url: string, init: BunFetchRequestInit) => Promise<Response>;
