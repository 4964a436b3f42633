import { printable } from "./format.ts";
import type { JobEnd } from "./host/jobRun.ts";
import type { Machine } from "./host/machine.ts";
import type { Fetch } from "./model/host.ts";
import type { Baked } from "./settings/baked.ts";
import type { Output } from "./terminal/output.ts";
import type { Screen } from "./terminal/screen.ts";
import type { Words } from "./words/en.ts";

/** Everything outside of the program, so that a test can be the world. */
export interface Outside {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
  readonly fetch: Fetch;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly output: Output;
  /** The whole terminal; null when there is none. */
  readonly openScreen: () => Promise<Screen | null>;
  readonly readText: (path: string) => Promise<string>;
  /** Whether this user is root and others may change a file, or put another in its place. */
  readonly isUnsafe: (path: string) => boolean;
  /** Whether a directory above a file hides it from this user. */
  readonly isHidden: (path: string) => boolean;
  /** Makes a PNG of an SVG picture; throws when that fails. */
  readonly rasterise: (svg: string) => Promise<Uint8Array>;
  /** Runs a command as if this program were not there; the deadlines end, because it may take days. */
  readonly runJob: (command: readonly string[]) => Promise<JobEnd>;
  /** This executable. */
  readonly programFile: string;
  readonly baked: Baked;
  readonly version: string;
  /** Moves the deadline above the whole run by some milliseconds, for a wait that was asked for. */
  readonly allowMs: (ms: number) => void;
  /** Aborted shortly before that deadline, so that unsent messages are kept. */
  readonly signal: AbortSignal;
}

/** The same, in the reader's language. */
export interface World extends Outside {
  /** Of all that people read; errors and help are English. */
  readonly words: Words;
}

/** Prints problems to standard error, a line each, without control characters: they may quote what was typed. */
export function complain({ output }: Outside, problems: readonly string[]): void {
  if (problems.length === 0) return;
  output.error(problems.map((problem) => `server-metrics: ${printable(problem)}\n`).join(""));
}
