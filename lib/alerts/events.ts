import * as v from "valibot";

import { hourMs } from "../clock.ts";
import { duration } from "../format.ts";
import { bootOf, type KeptSnapshot, secondsBetween, type Snapshot } from "../measure/snapshot.ts";
import type { Observation } from "../model/observation.ts";
import type { Reminders } from "./alert.ts";

/** Something that happened since the last run, and is over or cannot be: told once. */
export interface Event {
  readonly kind: "rebooted" | "silent" | "clock" | "killed";
  readonly severity: "notice" | "critical";
  /** What happened, in the fewest words: `rebooted`. */
  readonly news: string;
  /** More of it. `{1790000000000}` stands for a time, so that each renderer can write it for its reader. */
  readonly details: readonly string[];
}

/** What events are found from. */
export interface EventInput {
  readonly now: Snapshot;
  readonly last: KeptSnapshot | null;
  readonly observations: readonly Observation[];
  /** How far apart runs usually are, in seconds; null while it is not known. */
  readonly usualGapSeconds: number | null;
}

/** A clock may drift, and be set by NTP, by so much without anybody having moved it. */
const clockToleranceSeconds = 120;

/** What happened since the last run. Pure. */
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

/** A time in an event's details. */
export const eventTime = (ms: number): string => `{${Math.round(ms)}}`;

function findBootEvents(input: EventInput): readonly Event[] {
  const { now, last } = input;
  const present = bootOf(now);
  if (last === null || present === null || bootOf(last) === null) return [];
  const elapsedSeconds = secondsBetween(last, now);
  if (elapsedSeconds !== null) return [...findClockChange(now, last), ...findSilence(input, elapsedSeconds)];
  const bootedMs = now.takenAtMs - present.uptimeSeconds * 1000;
  const downMs = bootedMs - last.takenAtMs;
  // A clock that was set back while the machine was down would turn the times around.
  if (downMs <= 0) return [reboot("rebooted", `down until ${eventTime(bootedMs)}`)];
  const when = `at some time between ${eventTime(last.takenAtMs)} and ${eventTime(bootedMs)}`;
  return [reboot(`rebooted, down for at most ${duration(downMs / 1000)}`, `down ${when}`)];
}

const reboot = (news: string, detail: string): Event => ({
  kind: "rebooted",
  severity: "notice",
  news,
  details: [detail],
});

function findClockChange(now: Snapshot, last: KeptSnapshot): readonly Event[] {
  const seconds = clockMovedMs(now, last) / 1000;
  if (seconds === 0) return [];
  const news = `clock moved ${seconds < 0 ? "back" : "forward"} by ${duration(Math.abs(seconds))}`;
  return [{ kind: "clock", severity: "notice", news, details: [] }];
}

function findSilence({ now, usualGapSeconds }: EventInput, elapsedSeconds: number): readonly Event[] {
  if (usualGapSeconds === null || elapsedSeconds <= 3 * usualGapSeconds + 300) return [];
  // By the clock as it is now, which may have been set meanwhile.
  const [from, to] = [eventTime(now.takenAtMs - elapsedSeconds * 1000), eventTime(now.takenAtMs)];
  const details = [`the machine was up, but nothing ran from ${from} to ${to}`];
  return [{ kind: "silent", severity: "notice", news: `no reports for ${duration(elapsedSeconds)}`, details }];
}

function findKills({ observations }: EventInput): readonly Event[] {
  const kills = observations.find(({ name }) => name === "vmstat_oom_kills")?.value ?? 0;
  if (kills <= 0) return [];
  const what = kills === 1 ? "1 process was killed" : `${kills} processes were killed`;
  return [{ kind: "killed", severity: "critical", news: `${what} for lack of memory`, details: [] }];
}

/** What is remembered of events that come again and again, by what they are about. */
export const EventSeries = v.record(
  v.string(),
  v.object({
    /** How often it happened, one soon after the other. */
    count: v.number(),
    /** When it last happened, and when it was last told, milliseconds since the epoch. */
    lastMs: v.number(),
    saidMs: v.number(),
  }),
);
export type EventSeries = Readonly<v.InferOutput<typeof EventSeries>>;

/** So many of a series are told one by one. */
const toldAtOnce = 3;
/** What happens again within this time belongs to the same series. */
const seriesMs = 3 * hourMs;

/**
 * Leaves out what goes on and on: a machine that boots every minute, a program that is killed each time it starts. The
 * first three are told, and then one as often as a trouble that lasts is said again.
 */
export function limitEvents(
  events: readonly Event[],
  before: EventSeries,
  reminders: Reminders,
  nowMs: number,
): { readonly told: readonly Event[]; readonly series: EventSeries } {
  // A time that is still to come is from a clock that was set back since.
  const running = Object.entries(before).filter(([, { lastMs }]) => nowMs - Math.min(lastMs, nowMs) < seriesMs);
  const series: Record<string, EventSeries[string]> = Object.fromEntries(running);
  const told = events.flatMap((event) => {
    const known = series[event.kind] ?? { count: 0, lastMs: nowMs, saidMs: nowMs };
    const count = known.count + 1;
    const reminderMs = reminders[event.severity === "critical" ? "critical" : "warning"];
    const isDue = reminderMs > 0 && nowMs - known.saidMs >= reminderMs;
    const isTold = count <= toldAtOnce || isDue;
    series[event.kind] = { count, lastMs: nowMs, saidMs: isTold ? nowMs : known.saidMs };
    if (!isTold) return [];
    return count < toldAtOnce ? [event] : [lastOf(event, count, reminderMs === 0 ? null : nowMs + reminderMs)];
  });
  return { told, series };
}

/** Whoever hears nothing more must not think that it has ended. */
function lastOf(event: Event, count: number, againMs: number | null): Event {
  const until = againMs === null ? "" : `, or until ${eventTime(againMs)}`;
  const quiet = `from now on quiet until it has not happened for 3 h${until}`;
  return { ...event, news: `${event.news}, ${count} times in a row`, details: [...event.details, quiet] };
}
