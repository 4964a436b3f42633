import type { Trouble } from "../alerts/troubles.ts";
import { clockTime } from "../format.ts";
import { localDay } from "../localTime.ts";
import type { Config } from "../settings/config.ts";
import type { Course } from "./course.ts";
import type { Digest } from "./digest.ts";

/** What the daily digest tells of the last 24 hours. */
export interface Daily {
  readonly fromMs: number;
  readonly toMs: number;
  readonly runs: number;
  /** Of the main numbers. */
  readonly courses: readonly Course[];
  readonly troubles: readonly Trouble[];
}

/** Whether the digest is to be told now, and the days that have had theirs. */
export interface DigestTurn {
  readonly isDue: boolean;
  /** `2026-08-01`, the last ones; to be remembered. */
  readonly days: readonly string[];
}

/** More than a clock is ever set back by in passing. */
const daysKept = 40;

/**
 * Is this the first run after the hour of the digest? Each day of the reader's calendar has one at most, wherever the
 * clock is set to. The first day of a machine has none: there is nothing to tell yet. Null when no digest is wanted.
 */
export function digestTurn(
  { digest, timezone }: Pick<Config, "digest" | "timezone">,
  days: readonly string[] | null,
  nowMs: number,
): DigestTurn | null {
  if (digest === null) return null;
  const today = localDay(nowMs, timezone);
  const isOver = clockTime(nowMs, timezone) >= digest && days?.includes(today) !== true;
  return { isDue: isOver && days !== null, days: [...(days ?? []), ...(isOver ? [today] : [])].slice(-daysKept) };
}

/** What is said of it when it is folded with others, after an outage. */
export function digestOfDaily({ fromMs, toMs, courses }: Daily): Digest {
  const shares = courses.filter(({ unit }) => unit === "percent");
  const numbers = shares.map(({ label, minimum, average, maximum, runs }) => {
    return [label, { minimum: minimum.value, average, maximum: maximum.value, runs }] as const;
  });
  return { fromMs, toMs, reports: 1, perhapsDelivered: 0, numbers: Object.fromEntries(numbers) };
}
