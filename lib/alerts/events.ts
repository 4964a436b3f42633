import * as v from "valibot";

import { hourMs } from "../clock.ts";
import type { KnownObservation } from "../metrics/index.ts";
import type { Change } from "../model/change.ts";
import { bootOf, type KeptSnapshot, secondsBetween, type Snapshot } from "../model/snapshot.ts";
import type { Alert, Reminders } from "./alert.ts";

/** Something that happened since the last run and has no end: announced once. Times in ms since the epoch. */
export type Happening =
  /** Down at some time between the two; `fromMs` is null where the clock was set back meanwhile. */
  | {
      readonly kind: "rebooted";
      readonly severity: "notice";
      readonly fromMs: number | null;
      readonly toMs: number;
    }
  | {
      readonly kind: "silent";
      readonly severity: "notice";
      readonly fromMs: number;
      readonly toMs: number;
      readonly seconds: number;
    }
  /** The change, milliseconds; negative when the clock was set back. */
  | { readonly kind: "clock"; readonly severity: "notice"; readonly seconds: number }
  | { readonly kind: "killed"; readonly severity: "critical"; readonly count: number }
  /** RAID arrays and ZFS pools that were there at the last run. */
  | {
      readonly kind: "gone";
      readonly severity: "critical";
      readonly arrays: readonly string[];
      readonly pools: readonly string[];
    }
  /** Raised targets that disappeared, as last seen. */
  | {
      readonly kind: "letGo";
      readonly severity: "notice";
      readonly targets: readonly Pick<Alert, "rule" | "labels" | "value">[];
    }
  /** A change that an intruder may have made. */
  | { readonly kind: "changed"; readonly severity: "notice" | "critical"; readonly change: Change };

export const eventKinds = [
  "rebooted",
  "silent",
  "clock",
  "killed",
  "gone",
  "letGo",
  "changed",
] as const satisfies readonly Happening["kind"][];

/** The same, and whether it goes on and on. */
export type Event = Happening & {
  /** It happened so often, and is quiet until there was none for some hours, or until a time if that is not null. */
  readonly repeated?: { readonly count: number; readonly quietHours: number; readonly againMs: number | null };
};

/** The input of the events. */
export interface EventInput {
  readonly now: Snapshot;
  readonly last: KeptSnapshot | null;
  readonly observations: readonly KnownObservation[];
  /** The usual time between runs, seconds; null when it is not known. */
  readonly usualGapSeconds: number | null;
}

/** Drift and NTP explain a clock error up to this. */
const clockToleranceSeconds = 120;

/** Finds the events since the last run. Pure. */
export function findEvents(input: EventInput): readonly Event[] {
  return [...findBootEvents(input), ...findKills(input)];
}

/** By how much the clock was set forward between two snapshots of one boot, in milliseconds; 0 when it only drifted. */
export function clockMovedMs(now: Snapshot, last: KeptSnapshot | null): number {
  const elapsedSeconds = last === null ? null : secondsBetween(last, now);
  if (last === null || elapsedSeconds === null) return 0;
  const movedMs = now.takenAtMs - last.takenAtMs - elapsedSeconds * 1000;
  return Math.abs(movedMs) <= clockToleranceSeconds * 1000 ? 0 : movedMs;
}

function findBootEvents(input: EventInput): readonly Event[] {
  const { now, last } = input;
  const present = bootOf(now);
  if (last === null || present === null || bootOf(last) === null) return [];
  const elapsedSeconds = secondsBetween(last, now);
  if (elapsedSeconds !== null) return [...findClockChange(now, last), ...findSilence(input, elapsedSeconds)];
  const bootedMs = now.takenAtMs - present.uptimeSeconds * 1000;
  const downMs = bootedMs - last.takenAtMs;
  // A clock that was set back while the machine was down would turn the times around.
  const fromMs = downMs <= 0 ? null : last.takenAtMs;
  return [{ kind: "rebooted", severity: "notice", fromMs, toMs: bootedMs }];
}

function findClockChange(now: Snapshot, last: KeptSnapshot): readonly Event[] {
  const seconds = clockMovedMs(now, last) / 1000;
  return seconds === 0 ? [] : [{ kind: "clock", severity: "notice", seconds }];
}

function findSilence({ now, usualGapSeconds }: EventInput, elapsedSeconds: number): readonly Event[] {
  if (usualGapSeconds === null || elapsedSeconds <= 3 * usualGapSeconds + 300) return [];
  // By the clock as it is now, which may have been set meanwhile.
  const fromMs = now.takenAtMs - elapsedSeconds * 1000;
  return [{ kind: "silent", severity: "notice", fromMs, toMs: now.takenAtMs, seconds: elapsedSeconds }];
}

function findKills({ observations }: EventInput): readonly Event[] {
  const count = observations.find(({ name }) => name === "vmstat_oom_kills")?.value ?? 0;
  return count <= 0 ? [] : [{ kind: "killed", severity: "critical", count }];
}

/** The remembered series of repeating events, by subject. */
export const EventSeries = v.record(
  v.string(),
  v.object({
    /** Events of the series so far. */
    count: v.number(),
    /** The last event and the last announcement, milliseconds since the epoch. */
    lastMs: v.number(),
    saidMs: v.number(),
  }),
);
export type EventSeries = Readonly<v.InferOutput<typeof EventSeries>>;

/** Events of a series that are announced one by one. */
const toldAtOnce = 3;
/** An event within this time belongs to the same series. */
const seriesMs = 3 * hourMs;

/** What changes again and again is one thing: a second key is no repetition of the first. */
const seriesOf = (event: Event) =>
  event.kind === "changed" ? [event.kind, event.change.kind, event.change.subject].join(" ") : event.kind;

/**
 * Leaves out what goes on and on: a machine that boots every minute, a program that is killed each time it starts. The
 * first three are told, and then one as often as an incident that lasts is said again.
 */
export function limitEvents(
  events: readonly Event[],
  before: EventSeries,
  reminders: Reminders,
  nowMs: number,
): { readonly shown: readonly Event[]; readonly series: EventSeries } {
  // A time that is still to come is from a clock that was set back since.
  const running = Object.entries(before).filter(([, { lastMs }]) => nowMs - Math.min(lastMs, nowMs) < seriesMs);
  const series: Record<string, EventSeries[string]> = Object.fromEntries(running);
  const shown = events.flatMap((event) => {
    const name = seriesOf(event);
    const known = series[name] ?? { count: 0, lastMs: nowMs, saidMs: nowMs };
    const count = known.count + 1;
    const reminderMs = reminders[event.severity === "critical" ? "critical" : "warning"];
    const isDue = reminderMs > 0 && nowMs - known.saidMs >= reminderMs;
    const isTold = count <= toldAtOnce || isDue;
    series[name] = { count, lastMs: nowMs, saidMs: isTold ? nowMs : known.saidMs };
    if (!isTold) return [];
    // Say that it goes on, or silence would look like its end.
    const againMs = reminderMs === 0 ? null : nowMs + reminderMs;
    return [count < toldAtOnce ? event : { ...event, repeated: { count, quietHours: seriesMs / hourMs, againMs } }];
  });
  return { shown, series };
}
