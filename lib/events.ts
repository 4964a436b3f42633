import { duration } from "./format.ts";
import type { Observation } from "./metric.ts";
import { type KeptSnapshot, type Snapshot, bootOf } from "./snapshot.ts";

/** Something that happened since the last run, and is over or cannot be: told once. */
export interface Event {
  readonly kind: "rebooted" | "silent" | "clock" | "killed" | "unitFailed";
  readonly severity: "notice" | "critical";
  /** `{1790000000000}` stands for a time, so that each renderer can write it for its reader. */
  readonly text: string;
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
  return [...findBootEvents(input), ...findKills(input), ...findFailedUnits(input)];
}

/** By how much the clock was set forward between two snapshots of one boot, in milliseconds; 0 when it only drifted. */
export function clockMovedMs(now: Snapshot, last: KeptSnapshot | null): number {
  const [present, before] = [bootOf(now), last === null ? null : bootOf(last)];
  if (last === null || present === null || before === null || present.bootId !== before.bootId) return 0;
  const movedMs = now.takenAtMs - last.takenAtMs - (present.uptimeSeconds - before.uptimeSeconds) * 1000;
  return Math.abs(movedMs) <= clockToleranceSeconds * 1000 ? 0 : movedMs;
}

const time = (ms: number) => `{${Math.round(ms)}}`;

function findBootEvents({ now, last, usualGapSeconds }: EventInput): readonly Event[] {
  const [present, before] = [bootOf(now), last === null ? null : bootOf(last)];
  if (last === null || present === null || before === null) return [];
  const bootedMs = now.takenAtMs - present.uptimeSeconds * 1000;
  if (present.bootId !== before.bootId) {
    const text = `rebooted: down at some time between ${time(last.takenAtMs)} and ${time(bootedMs)}`;
    return [{ kind: "rebooted", severity: "notice", text }];
  }
  const elapsed = present.uptimeSeconds - before.uptimeSeconds;
  const moved = clockMovedMs(now, last) / 1000;
  const clock: readonly Event[] =
    moved === 0
      ? []
      : [
          {
            kind: "clock",
            severity: "notice",
            text: `clock moved ${moved < 0 ? "back" : "forward"} by ${duration(Math.abs(moved))}`,
          },
        ];
  if (usualGapSeconds === null || elapsed <= 3 * usualGapSeconds + 300) return clock;
  // By the clock as it is now, which may have been set meanwhile.
  const sinceMs = now.takenAtMs - elapsed * 1000;
  const text = `no reports from ${time(sinceMs)} to ${time(now.takenAtMs)}; the machine was up`;
  return [...clock, { kind: "silent", severity: "notice", text }];
}

function findKills({ observations }: EventInput): readonly Event[] {
  const kills = observations.find(({ name }) => name === "vmstat_oom_kills")?.value ?? 0;
  if (kills <= 0) return [];
  const what = kills === 1 ? "1 process was killed" : `${kills} processes were killed`;
  return [{ kind: "killed", severity: "critical", text: `${what} for lack of memory` }];
}

function findFailedUnits({ now, last }: EventInput): readonly Event[] {
  const failedIn = ({ readings }: KeptSnapshot) =>
    readings.units?.status === "ok" ? readings.units.value.failed.map(({ unit }) => unit) : null;
  const [present, before] = [failedIn(now), last === null ? null : failedIn(last)];
  if (present === null || before === null) return [];
  return present
    .filter((unit) => !before.includes(unit))
    .map((unit) => ({ kind: "unitFailed", severity: "critical", text: `${unit} failed` }));
}
