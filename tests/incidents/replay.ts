import { findChanges } from "../../lib/alerts/changes.ts";
import { changes } from "../../lib/metrics/changes.ts";
import type { Kept } from "../../lib/metrics/watched/kept.ts";
import type { Change } from "../../lib/model/change.ts";
import type { Host } from "../../lib/model/host.ts";
import type { Snapshot } from "../../lib/model/snapshot.ts";
import { defaultConfig } from "../support/measure.ts";
import { readings } from "../support/readings.ts";
import { type Answers, type Look, replayedHost } from "./recording.ts";

const startMs = Date.parse("2026-08-01T12:00:00Z");
const minuteMs = 60_000;

/** A look like one of a sequence, at any machine. */
export async function lookAt(
  host: Host,
  before: Kept | null,
  { minutes, isErrand }: Pick<Look, "minutes" | "isErrand">,
): Promise<Kept> {
  const nowMs = (before?.atMs ?? startMs) + minutes * minuteMs;
  const clock = { now: () => nowMs, monotonicMs: () => 0, sleep: async () => undefined };
  return changes.collect(host, defaultConfig, { before, clock, isErrand });
}

/** What is told when a sequence is looked at again, by look. With `added`, somebody gives other answers, too. */
export async function replay(
  looks: readonly Look[],
  added: (answers: Answers, what: string) => Answers = (answers) => answers,
): Promise<readonly { readonly what: string; readonly found: readonly Change[] }[]> {
  const answers: Answers = {};
  let [before, last]: [Kept | null, Snapshot | null] = [null, null];
  let bootMs = startMs;
  const told = [];
  for (const look of looks) {
    Object.assign(answers, look.answers);
    const value = await lookAt(replayedHost(added(answers, look.what)), before, look);
    if (last?.readings.host.status === "ok" && last.readings.host.value.bootId !== look.boot.id) bootMs = value.atMs;
    const host = { bootId: look.boot.id, kernel: look.boot.kernel, uptimeSeconds: (value.atMs - bootMs) / 1000 + 60 };
    const now: Snapshot = { takenAtMs: value.atMs, readings: readings({ host, changes: value }) };
    told.push({ what: look.what, found: findChanges(now, last, []) });
    [before, last] = [value, now];
  }
  return told;
}
