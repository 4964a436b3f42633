import { duration } from "../format.ts";
import { type KeptSnapshot, type Snapshot, bootOf, secondsBetween } from "../measure/snapshot.ts";
import type { Observation } from "../model/observation.ts";

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
