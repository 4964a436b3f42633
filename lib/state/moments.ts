import type { Database } from "bun:sqlite";

import { isCharted } from "../past/chart.ts";
import { type Moment, momentOf } from "../past/course.ts";
import type { PastRun } from "../past/forecast.ts";
import { type MainNumber, mainNumbersOf } from "../past/keyMetrics.ts";
import { dayMs, hourMs } from "../time.ts";
import { hours, kept, knownKeys, points } from "./history.ts";

/** What the main numbers were. */
export interface Moments {
  readonly numbers: readonly MainNumber[];
  readonly moments: readonly Moment[];
}

/**
 * The main numbers of the time up to now, oldest first: of single runs as far back as they are kept, of hours before
 * that.
 */
export function readMoments(database: Database, fromMs: number, toMs: number): Moments {
  const numbers = mainNumbersOf(knownKeys(database));
  const keys = new Set(numbers.map(({ key }) => key));
  const runsFromMs = Math.max(fromMs, Math.ceil((toMs - kept.pointDays * dayMs) / hourMs) * hourMs);
  const older = runsFromMs === fromMs ? [] : hours(database, fromMs, runsFromMs - 1, keys);
  return {
    numbers,
    moments: [
      ...older.map(({ startMs, runs, numbers: own }) => ({ atMs: startMs, runs, numbers: own })),
      ...points(database, runsFromMs, toMs, keys).map(momentOf),
    ],
  };
}

/** What a chart of the time up to now is made of, oldest first: single runs while they are kept, otherwise hours. */
export function readChartRuns(database: Database, fromMs: number, toMs: number): readonly PastRun[] {
  const keys = chartedKeys(database, toMs);
  if (fromMs >= toMs - kept.pointDays * dayMs) return points(database, fromMs, toMs, keys);
  return hours(database, fromMs, toMs, keys).map(({ startMs, numbers }) => ({
    atMs: startMs,
    numbers: new Map([...numbers].map(([key, { average }]) => [key, average])),
  }));
}

const disksRead = 5;

/** Of hundreds of disks only the fullest are worth reading; the last hour says which. */
function chartedKeys(database: Database, toMs: number): ReadonlySet<string> {
  const keys = knownKeys(database).filter(isCharted);
  const disks = new Set(keys.filter((key) => key.startsWith("storage_used_percent{")));
  const last = disks.size > disksRead ? hours(database, toMs - dayMs, toMs, disks).at(-1) : undefined;
  if (last === undefined) return new Set(keys);
  const fullest = [...last.numbers].toSorted(([, one], [, other]) => other.average - one.average).slice(0, disksRead);
  return new Set([...keys.filter((key) => !disks.has(key)), ...fullest.map(([key]) => key)]);
}
