import { takeExportNotes } from "../../export/memory.ts";
import { endOfDay, localDay } from "../../format.ts";
import type { LookBack } from "../../measure/lookBack.ts";
import type { Measurement } from "../../measure/measure.ts";
import { digestOf, digestOfDaily } from "../../past/digest.ts";
import { renderAlert } from "../../render/discord/alert.ts";
import { renderMessage } from "../../render/discord/card.ts";
import { renderDaily } from "../../render/discord/daily.ts";
import { renderDigest } from "../../render/discord/digest.ts";
import type { Announcement } from "../../report/explain.ts";
import type { Config } from "../../settings/config.ts";
import type { Run } from "../../state/commit.ts";
import { untoldDeadLetters } from "../../state/deadLetters.ts";
import { takeHeartbeatNotes } from "../../state/heartbeat.ts";
import type { State } from "../../state/state.ts";
import type { Words } from "../../words/en.ts";

/** All that a run found out and decided. */
export interface RunOutcome extends Measurement, LookBack {
  readonly announcement: Announcement | null;
  readonly wantsCard: boolean;
  /** The chart, drawn. */
  readonly png: Uint8Array | null;
  readonly words: Words;
}

/** Renders the messages of a run, with what the state must remember. Notes on exports come from the state. */
export function renderRun(
  { database, notes, ephemeral }: State,
  outcome: RunOutcome,
  config: Config,
  version: string,
): Run {
  const { snapshot, observations, assessment, announcement, png, daily, turn, wantsCard, words } = outcome;
  const isLive = config.mode === "live";
  // Without a state a note would repeat at each run.
  const tellsDay = daily !== null && ephemeral === null;
  const tells = wantsCard || tellsDay;
  // Without cards the daily digest has the notes.
  const isSteady = isLive || !wantsCard;
  const exportNotes = tells ? takeExportNotes(database, config.exports, snapshot.takenAtMs, isSteady) : [];
  const dead = tells ? untoldDeadLetters(database) : null;
  const heartbeatNotes =
    tells && config.heartbeat !== null ? takeHeartbeatNotes(database, snapshot.takenAtMs, isSteady) : [];
  const ownNotes = [...(dead === null ? [] : [dead.note]), ...heartbeatNotes, ...exportNotes];
  const told = outcome.report(words, [...notes, ...ownNotes]);
  return {
    snapshot,
    observations,
    alertStates: assessment.states,
    eventSeries: outcome.eventSeries,
    incidents: outcome.incidents,
    endedMutes: outcome.endedMutes,
    held: outcome.held.kept,
    alert: announcement === null ? null : renderAlert(announcement, config.alerts),
    card: wantsCard ? renderMessage(told, config, version) : null,
    chart: png !== null && outcome.isOnCard ? { png, untilMs: endOfDay(snapshot.takenAtMs, config.timezone) } : null,
    daily: tellsDay
      ? {
          body: renderDaily(told, daily, version, words, wantsCard ? [] : ownNotes),
          digest: digestOfDaily(daily),
          picture: png,
        }
      : null,
    digestDays: turn?.days ?? null,
    liveDay: isLive ? localDay(snapshot.takenAtMs, config.timezone) : null,
    toldDeadLetter: dead?.lastId ?? null,
    digest: digestOf(snapshot.takenAtMs, observations),
    renderDigest: (folded, dropped) => renderDigest(told.name, folded, dropped, words),
  };
}
