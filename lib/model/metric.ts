import type * as v from "valibot";

import type { Clock } from "../clock.ts";
import { errorMessage } from "../errors.ts";
import type { Format } from "../format.ts";
import type { MetricSettings } from "./settings.ts";
import type { RowWords } from "../words/en/rows.ts";
import { type Host, Unavailable } from "./host.ts";
import type { Definition, Observation, ObservationKey } from "./observation.ts";

/** Absent is not zero, and zero is not failed. `reason` is a clause that people can read. */
export type Reading<T> =
  | { readonly status: "ok"; readonly value: T }
  | { readonly status: "unavailable"; readonly reason: string }
  | { readonly status: "failed"; readonly reason: string };

/** The reading that an error of a collector makes. */
export function readingOf(error: unknown): Reading<never> {
  return { status: error instanceof Unavailable ? "unavailable" : "failed", reason: errorMessage(error) };
}

/** Why there is no value, in words. */
export function sayAbsence(
  { status, reason }: Exclude<Reading<unknown>, { readonly status: "ok" }>,
  { row }: RowWords,
): string {
  return status === "failed" ? row.failed(reason) : row.unavailable(reason);
}

/** The units of bytes and the reader's language. */
export interface Wording {
  readonly format: Format;
  readonly words: RowWords;
}

/** An earlier value of the same metric, of the same boot, and how long ago it was read. */
export interface Since<T> {
  readonly before: T;
  readonly seconds: number;
}

/** For a metric that does not ask for everything in each look. */
export interface Moment<T> {
  /** The last value of what carries on over runs; null for none. */
  readonly before: T | null;
  readonly clock: Clock;
  /** It is the look of the day that also does what costs more. */
  readonly isErrand?: boolean;
}

/** Earlier values to compare with: the start of the sample window, and the last report. */
export interface Earlier<T> {
  readonly sample: Since<T> | null;
  readonly report: Since<T> | null;
}

/**
 * One thing a person is told. `core` rows are always in the card, `notable` ones are worth a place in it now, `detail`
 * is for `show`. Plain text; each renderer escapes for its own medium.
 */
export interface Row<Name extends string = string> {
  readonly label: string;
  /** 0–100, drawn as a bar. */
  readonly percent?: number;
  readonly lines: readonly string[];
  /** Its number on a card, where it is not the first line of one with a bar: `0.31`, `down`, `?` for not known. */
  readonly number?: string;
  /** Its remark on a card; if not given, a telling peak, or the first line that is not the number. */
  readonly remark?: string;
  readonly importance: "core" | "notable" | "detail";
  /** Keys of the observations this row tells about, so that an alert on one of them colours it. */
  readonly about: readonly ObservationKey<Name>[];
  /** What is said of one of several in `about`, for an alert on it alone. */
  readonly each?: ReadonlyMap<string, string>;
  /** The program that shows more of one of several in `about`, where it is not the usual one. */
  readonly tools?: ReadonlyMap<string, string>;
  /** Key of the key metric whose last 24 hours belong to it. */
  readonly trends?: ObservationKey<Name>;
  /** Its part of a headline without alerts; if not given, the label and the first line. */
  readonly news?: string;
  /** This machine does not have it: `show` names all such rows in one line. */
  readonly absent?: boolean;
}

/** One metric: everything that the program knows about it is in one file of `metrics/`. `Name`: of its observations. */
export interface Metric<T, Name extends string = string> {
  /** Its place on the card and in every list: after those with a lower number. */
  readonly order: number;
  /** Its name for people. */
  readonly title: (words: RowWords) => string;
  /** The shape of a value; snapshots that come back from disk are checked with it. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** Every observation it can make. */
  readonly definitions: Readonly<Record<Name, Definition>>;
  /** Is its absence news? A core metric that could not be read is named in the card. */
  readonly core: boolean;
  /** Are all its rows for `show`? A card has one of them only when an alert is about it. */
  readonly isDetail?: true;
  /** Counters worth reading at both ends of the sample window. */
  readonly sampled: boolean;
  /** Read only when all is asked for, as `show` does: what costs too much for every report. */
  readonly onDemand?: boolean;
  /** The deadline of reading, milliseconds, where the settings allow more than the usual 3000. */
  readonly deadlineMs?: (settings: MetricSettings) => number;
  /**
   * Read in one report of the day, because it starts a process that costs something; in between its last value holds, and
   * `carry` keeps it. `show` reads it only where the settings ask for that.
   */
  readonly errand?: { readonly inShow: (settings: MetricSettings) => boolean };
  /** Reads the machine. Throws `Unavailable` or an error. */
  readonly collect: (host: Host, settings: MetricSettings, moment?: Moment<T>) => Promise<T>;
  /** For values that need a second reading some seconds later: picks the believable one of both. */
  readonly confirm?: { readonly isDoubtful: (now: T) => boolean; readonly settle: (first: T, second: T) => T };
  /**
   * Adds what earlier runs knew: since when something is so, what was there before. `before` is the last value that could
   * be read, of any boot; `atMs` is the time of this run, milliseconds since the epoch.
   */
  readonly carry?: (now: T, before: T | null, atMs: number) => T;
  /** Numbers out of raw counters and states. */
  readonly observe: (now: T, earlier: Earlier<T>) => readonly Observation<Name>[];
  /** The rows that people read. */
  readonly describe: (now: T, earlier: Earlier<T>, wording: Wording) => readonly Row<Name>[];
}

type Optional = "core" | "sampled";

/**
 * Completes a metric: unless it says otherwise, its absence is no news and it is read once. The compiler takes the names
 * of its observations from `definitions` and refuses any other in `observe` and `describe`.
 */
export function defineMetric<T, const Name extends string>(
  metric: Omit<Metric<T, NoInfer<Name>>, Optional | "definitions"> &
    Partial<Pick<Metric<T>, Optional>> & { readonly definitions: Readonly<Record<Name, Definition<NoInfer<Name>>>> },
): Metric<T, Name> {
  return { core: false, sampled: false, ...metric };
}
