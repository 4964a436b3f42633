import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { dayMs } from "../clock.ts";
import type { Note } from "../model/note.ts";
import { observationOf } from "../model/observation.ts";
import { type ExportTarget, nameOfTarget } from "../settings/exports.ts";
import { getValue, setValue } from "../state/keyValue.ts";
import { attempt } from "../state/fault.ts";
import { points } from "../state/history.ts";
import { type ExportRun, pastRun } from "./run.ts";

/**
 * Reads how far an export has come. What it has not sent yet is what the history has since then, so an outage takes no room of
 * its own, and is bounded as the history is.
 */
const ExportState = v.object({
  /** The last run that was taken, milliseconds since the epoch; null for none. */
  sentMs: v.nullable(v.number()),
  /** The earliest time of the next try, as the other side asked. */
  notBeforeMs: v.number(),
  /** Why the last try failed; null when it did not. */
  reason: v.nullable(v.string()),
  /** The last time that the card said so; null when it never did. */
  saidMs: v.nullable(v.number()),
});
export type ExportState = v.InferOutput<typeof ExportState>;

/** An export that was never tried. */
export const newExport: ExportState = { sentMs: null, notBeforeMs: 0, reason: null, saidMs: null };

const states = v.pipe(v.string(), v.parseJson(), v.record(v.string(), ExportState));

/** Targets that are remembered, those of earlier settings among them. */
const statesKept = 20;

function readStates(database: Database): Readonly<Record<string, ExportState>> {
  const read = attempt(() => v.safeParse(states, getValue(database, "exports")));
  return read.ok && read.value.success ? read.value.output : {};
}

/** Addresses can be secret, so they are remembered as hashes. */
function hashOf({ format, address }: ExportTarget): string {
  return new Bun.CryptoHasher("sha256").update(`${format} ${address}`).digest("hex").slice(0, 16);
}

/** Reads how far an export has come. */
export function exportState(database: Database, target: ExportTarget): ExportState {
  return readStates(database)[hashOf(target)] ?? newExport;
}

/** Remembers it. A disk that refuses costs no more than that something is sent again. */
export function setExport(database: Database, target: ExportTarget, state: ExportState): void {
  attempt(() => {
    database
      .transaction(() => {
        const { [hashOf(target)]: _, ...others } = readStates(database);
        const kept = [...Object.entries(others), [hashOf(target), state] as const].slice(-statesKept);
        setValue(database, "exports", JSON.stringify(Object.fromEntries(kept)));
      })
      .immediate();
  });
}

/** Whether the card mentions a failure now: when it begins, then once a day. A clock set back starts a new day. */
export function isNews({ reason, saidMs }: ExportState, nowMs: number): boolean {
  return reason !== null && (saidMs === null || nowMs < saidMs || nowMs - saidMs >= dayMs);
}

/** Notes on failing exports: once a day, or on each message of a live card while they fail. */
export function takeExportNotes(
  database: Database,
  targets: readonly ExportTarget[],
  nowMs: number,
  isSteady: boolean,
): readonly Note[] {
  return targets.flatMap((target) => {
    const state = exportState(database, target);
    const news = isNews(state, nowMs);
    if (news) setExport(database, target, { ...state, saidMs: nowMs });
    if (state.reason === null || !(news || isSteady)) return [];
    return [{ kind: "export", target: nameOfTarget(target), reason: state.reason }];
  });
}

/** A megabyte or two before they are compressed; a machine with thousands of file systems has them in one run. */
const numbersAtOnce = 10_000;

/** In SQL, so that of the numbers themselves no more are read than are wanted. */
const firstTimes = `
  SELECT at FROM (
    SELECT at, sum(count) OVER (ORDER BY at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (SELECT at, length(numbers) / 8 AS count FROM point WHERE at > ? AND at < ? ORDER BY at LIMIT 1000)
  ) WHERE coalesce(before, 0) < ${numbersAtOnce} ORDER BY at`;

/**
 * The first runs of the history between two times, milliseconds since the epoch, oldest first: one, and so many more that
 * they have some 10,000 numbers together.
 */
export function runsBetween(database: Database, afterMs: number, beforeMs: number): readonly ExportRun[] {
  const times = attempt(() =>
    database
      .query<{ at: number }, [number, number]>(firstTimes)
      .all(Math.floor(afterMs / 1000), Math.floor(beforeMs / 1000)),
  );
  const [first, last] = times.ok ? [times.value[0], times.value.at(-1)] : [];
  if (first === undefined || last === undefined) return [];
  const found = attempt(() => points(database, first.at * 1000, last.at * 1000));
  if (!found.ok) return [];
  return found.value.map(({ atMs, numbers }) =>
    pastRun(
      atMs,
      Array.from(numbers, ([key, value]) => observationOf(key, value)),
    ),
  );
}
