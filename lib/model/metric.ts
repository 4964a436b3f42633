import * as v from "valibot";

import { errorMessage } from "../error.ts";
import type { Format } from "../format.ts";
import type { HttpCheck, TcpCheck } from "../settings/checks.ts";
import type { Config } from "../settings/config.ts";
import type { Labels, Observation } from "./observation.ts";

/** Absent is not zero is not failed. `reason` is a clause fit for a person. */
export type Reading<T> =
  | { readonly status: "ok"; readonly value: T }
  | { readonly status: "unavailable"; readonly reason: string }
  | { readonly status: "failed"; readonly reason: string };

/**
 * Thrown by a collector or a source when this machine simply does not have the thing: no such file in its kernel, no
 * sensor, no permission. The collect stage turns it into an `unavailable` reading; any other error becomes `failed`.
 */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** What a collector or a source reads; null when it is `Unavailable`. Throws every other error. */
export async function ifThere<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Unavailable) return null;
    throw error;
  }
}

/** The reading that an error of a collector makes. */
export function readingOf(error: unknown): Reading<never> {
  return { status: error instanceof Unavailable ? "unavailable" : "failed", reason: errorMessage(error) };
}

/** Why there is no value, for a person. */
export function sayAbsence({ status, reason }: Exclude<Reading<unknown>, { readonly status: "ok" }>): string {
  return `${status === "failed" ? "could not be read" : "not available"}: ${reason}`;
}

/** What statfs(2) says of one file system. Sizes in bytes, after multiplying by the fragment size. */
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
  /** A file below /sys. */
  readonly readSys: (name: string) => Promise<string>;
  /** Any other file, by its absolute path. */
  readonly readFile: (path: string) => Promise<string>;
  /** The names in a directory, by its absolute path. */
  readonly list: (path: string) => Promise<readonly string[]>;
  /**
   * statfs(2) of a mount point, under a deadline of 2 s. The path is bytes, because a mount point need not be UTF-8. One
   * that `mayHang` is asked in a process of its own, because a stuck call cannot be taken back.
   */
  readonly statfs: (mountPoint: Buffer, mayHang?: boolean) => Promise<FileSystemUsage>;
  /** What a program prints; it is killed after 2 s, or later if so asked. For what has no file to read instead. */
  readonly run: (program: string, args: readonly string[], limits?: { readonly deadlineMs: number }) => Promise<string>;
  /** The body of an HTTP GET over a unix socket, under a deadline of 2 s. */
  readonly getUnix: (socket: string, path: string) => Promise<string>;
  /** What systeminformation finds out about one part of the machine, as JSON, under a deadline of 2.5 s. Costly. */
  readonly inventory: (part: InventoryPart) => Promise<string>;
  /** Asks for a page, under the check's own deadline. Never throws: that there is none is what it finds. */
  readonly checkHttp: (check: HttpCheck) => Promise<HttpFinding>;
  /** Connects to a port, under the check's own deadline. Never throws. */
  readonly checkTcp: (check: TcpCheck) => Promise<CheckFinding>;
}

/** What came of asking a server. */
export interface CheckFinding {
  /** A clause such as `answers 502`; null when all is as it should be. */
  readonly problem: string | null;
  /** Until it answered, redirects included; null when it did not. */
  readonly seconds: number | null;
}

/** What came of asking for a page. */
export interface HttpFinding extends CheckFinding {
  /** How long the certificate is still valid, of several on the way the shortest; null when there is none. */
  readonly certificateDays: number | null;
}

/** A part of the inventory, by the name of systeminformation's call. */
export type InventoryPart = "cpu" | "diskLayout" | "graphics" | "memLayout" | "system";

/** What a number counts; exporters derive their names from it, so base units only. */
export type Unit =
  | "bytes"
  | "bytes_per_second"
  | "celsius"
  | "count"
  | "days"
  | "hours"
  | "per_second"
  | "percent"
  | "ratio"
  | "seconds";

/** What stands behind an observation's name. */
export interface Definition {
  readonly unit: Unit;
  /** A `counter` only grows until the machine reboots. */
  readonly type: "gauge" | "counter";
  readonly help: string;
  /** Makes it one of the main numbers, under this name; `{mount}` stands for the label of that name. */
  readonly label?: string;
  /** Of a main number: the observations of the same in bytes, and of the bytes that are left. */
  readonly amount?: string;
  readonly left?: string;
  /** Its place in OpenTelemetry's semantic conventions, where it has one. */
  readonly otlp?: OtlpDefinition;
  /** Not for engines that keep a series of each set of labels for ever: its labels are others in every run. */
  readonly fleeting?: true;
}

/** What OpenTelemetry calls an observation. Source: opentelemetry.io/docs/specs/semconv/system/system-metrics. */
export interface OtlpDefinition {
  readonly name: string;
  /** What tells it from others of that name, such as `{ "cpu.mode": "user" }`. */
  readonly attributes?: Labels;
  /** What its labels are called there, by their names here. */
  readonly labels?: Labels;
  /** A gauge that may be summed over its attributes: an UpDownCounter there. */
  readonly additive?: boolean;
  /** What it counts there, such as `{operation}`, where it is not a unit of measurement. */
  readonly unit?: string;
}

/** An earlier value of the same metric, of the same boot, and how long ago it was read. */
export interface Since<T> {
  readonly before: T;
  readonly seconds: number;
}

/** What a value can be compared with: the start of the sample window, and the last report. */
export interface Earlier<T> {
  readonly sample: Since<T> | null;
  readonly report: Since<T> | null;
}

/**
 * One thing a person is told. `core` rows are always in the card, `notable` ones are worth a place in it now, `detail`
 * is for `show`. Plain text; each renderer escapes for its own medium.
 */
export interface Row {
  readonly label: string;
  /** 0–100, drawn as a bar. */
  readonly percent?: number;
  readonly lines: readonly string[];
  readonly importance: "core" | "notable" | "detail";
  /** Keys of the observations this row tells about, so that an alert on one of them colours it. */
  readonly about: readonly string[];
  /** Key of the main number whose last 24 hours belong to it. */
  readonly trends?: string;
  /** This machine does not have it: `show` names all such rows in one line. */
  readonly absent?: boolean;
}

/** One metric: everything that the program knows about it stands in one file below `metrics/`. */
export interface Metric<T> {
  /** What a person calls it. */
  readonly title: string;
  /** The shape of a value; snapshots that come back from disk are checked with it. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** Every observation it can make. */
  readonly definitions: Readonly<Record<string, Definition>>;
  /** Is its absence news? A core metric that could not be read is named in the card. */
  readonly core: boolean;
  /** Counters worth reading at both ends of the sample window. */
  readonly sampled: boolean;
  /** Read only when all is asked for, as `show` does: what costs too much for every report. */
  readonly onDemand?: boolean;
  /** How long reading may take, milliseconds, where the settings say more than the usual 3000. */
  readonly deadlineMs?: (config: Config) => number;
  /** Reads the machine. Throws `Unavailable` or an error. */
  readonly collect: (host: Host, config: Config) => Promise<T>;
  /** Numbers out of raw counters and states. */
  readonly observe: (now: T, earlier: Earlier<T>) => readonly Observation[];
  /** Words for a person. */
  readonly describe: (now: T, earlier: Earlier<T>, format: Format) => readonly Row[];
}
