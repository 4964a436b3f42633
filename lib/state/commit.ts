import type { Database } from "bun:sqlite";

import * as v from "valibot";

import type { EventSeries } from "../alerts/events.ts";
import { ruleNames } from "../alerts/rules.ts";
import type { AlertStates } from "../alerts/state.ts";
import type { Incident } from "../alerts/incidents.ts";
import type { Mute } from "../alerts/alert.ts";
import type { Held } from "../alerts/mutes.ts";
import { writeSnapshot } from "../measure/snapshot.ts";
import type { Change } from "../model/change.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { type Observation, observationKey } from "../model/observation.ts";
import { Digest, fold } from "../past/digest.ts";
import type { Shown } from "../past/picture.ts";
import { writeChanges } from "./changes.ts";
import { markTold } from "./deadLetters.ts";
import { type Installation, noteInstallation } from "./installations.ts";
import { factsAtOnce, getValue, setValue } from "./keyValue.ts";
import { attempt } from "./fault.ts";
import { maintain, record } from "./history.ts";
import { announcePicture } from "./livePicture.ts";
import { removeMute } from "./mutes.ts";
import { enforceBounds, enqueue, enqueueLive, hasWaiting, type NewMessage, replace, waiting } from "./outbox.ts";
import { asSnapshot, timeList } from "./past.ts";
import { enqueueRouted, type RoutedAlert, trimRoutes } from "./routes.ts";
import { writeTargets } from "./targets.ts";

/** Everything that one run stores. */
export interface Run {
  readonly snapshot: Snapshot;
  readonly observations: readonly Observation[];
  readonly alertStates: AlertStates;
  readonly eventSeries: EventSeries;
  readonly incidents: readonly Incident[];
  /** What changed on the machine since the last run. */
  readonly changes: readonly Change[];
  /** The mutes that have ended. */
  readonly endedMutes: readonly Mute[];
  /** Incidents that began and ended unannounced, for the message when the silence ends. */
  readonly held: readonly Held[];
  /** The loud message about what changed; null when nothing did. */
  readonly alert: unknown;
  /** The same for other routes than Discord. */
  readonly routedAlerts: readonly RoutedAlert[];
  /** All other routes that there are. */
  readonly routes: readonly string[];
  /** The card of this run; null when only changes are wanted. */
  readonly card: unknown;
  /** The chart that goes along with it, and when its day ends, milliseconds since the epoch; null for none. */
  readonly chart: { readonly png: Uint8Array; readonly untilMs: number } | null;
  /** What the chart of a live card shows, or that it keeps the one that it has; null for none. */
  readonly livePicture: Shown | "kept" | null;
  /** The digest of the day, with its chart; null when it is not its turn. */
  readonly daily: Pick<NewMessage, "body" | "digest" | "picture"> | null;
  /** The days that had theirs; null when no digest is wanted. */
  readonly digestDays: readonly string[] | null;
  /** The day of a card that is edited in place; null for a new post. */
  readonly liveDay: string | null;
  /** The last dead letter that the card or digest mentions; null for none. */
  readonly toldDeadLetter: number | null;
  /** Its summary in case it is folded into a digest. */
  readonly digest: Digest;
  /** Makes the Discord message of a digest; `dropped` reports could not even be kept. */
  readonly renderDigest: (digest: Digest, dropped: number) => unknown;
}

/** Reports that may wait side by side; more are folded into one digest. */
const reportsKeptWhole = 2;

/** Writes all of a run, or nothing of it, in one transaction; `also` is done in it, too. Throws what SQLite throws. */
export function commit(
  database: Database,
  run: Run,
  by: Installation | null = null,
  also: () => void = () => undefined,
): void {
  const snapshot = writeSnapshot(run.snapshot);
  let before: string | null = null;
  try {
    database
      .transaction(() => {
        factsAtOnce(database, () => {
          before = getValue(database, "snapshot");
          writeRun(database, run, snapshot);
          if (by !== null && run.card !== null) noteInstallation(database, by, run.snapshot.takenAtMs);
          also();
        });
      })
      .immediate();
  } catch (error) {
    // The last step may fail, of making sure that the journal is gone, when all has been written: a second copy of the
    // messages would be sent beside these.
    const after = attempt(() => getValue(database, "snapshot"));
    if (snapshot === before || !after.ok || after.value !== snapshot) throw error;
  }
}

function writeRun(database: Database, run: Run, snapshot: string): void {
  const nowMs = run.snapshot.takenAtMs;
  // Before it is replaced: the last card was posted by the last run, and this one posts none.
  if (run.card === null && getValue(database, "card_snapshot") === asSnapshot) {
    setValue(database, "card_snapshot", getValue(database, "snapshot"));
  }
  setValue(database, "snapshot", snapshot);
  writeTargets(database, run.alertStates, nowMs);
  setValue(database, "rules", JSON.stringify(ruleNames));
  setValue(database, "event_series", JSON.stringify(run.eventSeries));
  setValue(database, "troubles", run.incidents.length === 0 ? null : JSON.stringify(run.incidents));
  writeChanges(database, run.changes, nowMs);
  for (const mute of run.endedMutes) removeMute(database, mute);
  setValue(database, "held", run.held.length === 0 ? null : JSON.stringify(run.held));
  addTime(database, "run_times", nowMs);
  record(database, nowMs, numbersToKeep(run.observations));
  maintain(database, nowMs);
  // Mostly nothing waits: then there is nothing to fold, and nothing is too much.
  const waits = hasWaiting(database);
  if (run.alert !== null) enqueue(database, { kind: "alert", body: run.alert, digest: null }, nowMs);
  for (const alert of run.routedAlerts) enqueueRouted(database, alert, nowMs);
  if (waits) trimRoutes(database, run.routes);
  if (waits && (run.card !== null || run.daily !== null)) foldOldReports(database, run, nowMs);
  if (run.daily !== null) enqueue(database, { kind: "report", ...run.daily }, nowMs);
  if (run.toldDeadLetter !== null) markTold(database, run.toldDeadLetter);
  if (run.digestDays !== null) setValue(database, "digest_days", JSON.stringify(run.digestDays));
  if (run.card !== null) {
    setValue(database, "card_snapshot", asSnapshot);
    // The card has said so.
    setValue(database, "begun_afresh", null);
    addTime(database, "card_times", nowMs);
    if (run.chart !== null) setValue(database, "chart_until", String(run.chart.untilMs));
    const card = { body: run.card, picture: run.chart?.png ?? null };
    if (run.liveDay === null) enqueue(database, { kind: "report", ...card, digest: run.digest }, nowMs);
    else {
      if (run.livePicture !== "kept") announcePicture(database, run.livePicture);
      commitLive(database, run.liveDay, card, nowMs);
    }
  }
  const dropped = waits ? enforceBounds(database) : 0;
  if (dropped > 0) setValue(database, "dropped_reports", String(droppedSoFar(database) + dropped));
}

/** Each day has a card of its own, so that yesterday's stays as the record. */
function commitLive(
  database: Database,
  day: string,
  { body, picture }: { readonly body: unknown; readonly picture: Uint8Array | null },
  nowMs: number,
): void {
  if (getValue(database, "live_day") !== day) {
    setValue(database, "live_day", day);
    setValue(database, "live_card", null);
  }
  enqueueLive(database, body, picture, nowMs);
}

/** Times that are kept, to know how far apart runs usually are. */
const timesKept = 12;

function addTime(database: Database, name: "run_times" | "card_times", nowMs: number): void {
  const known = v.safeParse(v.pipe(v.string(), v.parseJson(), timeList), getValue(database, name));
  const times = [...(known.success ? known.output : []), nowMs].slice(-timesKept);
  setValue(database, name, JSON.stringify(times));
}

/** Bounds the size of the history; the registry has the main metrics first. */
const numbersKept = 120;

/**
 * Counters are kept as their rates, and a sample of half a second says nothing about an hour. Sorted, so that the same
 * set of numbers always makes the same layout.
 */
function numbersToKeep(observations: readonly Observation[]): ReadonlyMap<string, number> {
  const worthIt = observations.filter(({ name, labels }) => !name.endsWith("_total") && labels["window"] !== "sample");
  const entries = worthIt.slice(0, numbersKept).map((one) => [observationKey(one), one.value] as const);
  return new Map(entries.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

const digestText = v.pipe(v.string(), v.parseJson(), Digest);

/** The periodic reports of an outage become one message; alerts stay as they are and go out before it. */
function foldOldReports(database: Database, run: Run, nowMs: number): void {
  const parts = waiting(database, "report", "digest").flatMap((row) => {
    const parsed = v.safeParse(digestText, row.digest);
    // A report without a summary stays as it is.
    if (!parsed.success) return [];
    const { reports, perhapsDelivered } = parsed.output;
    return [{ row, digest: { ...parsed.output, perhapsDelivered: row.ambiguous === 1 ? reports : perhapsDelivered } }];
  });
  const old = parts.map(({ row }) => row);
  if (old.length <= reportsKeptWhole && old.every(({ kind }) => kind === "report")) return;
  const digest = fold(parts.map((part) => part.digest));
  const body = run.renderDigest(digest, droppedSoFar(database));
  replace(database, old, { kind: "digest", body, digest }, nowMs);
}

/** A foreign value counts as none. */
const droppedSoFar = (database: Database) => Math.trunc(Number(getValue(database, "dropped_reports") ?? 0)) || 0;
