import { takeExportNotes } from "../../export/memory.ts";
import { endOfDay, localDay } from "../../format.ts";
import type { LookBack } from "../../measure/lookBack.ts";
import type { Measurement } from "../../measure/measure.ts";
import { digestOf, digestOfDaily } from "../../past/digest.ts";
import { renderAlert } from "../../render/discord/alert.ts";
import { keepPicture } from "../../render/discord/amend.ts";
import { type CardSettings, renderMessage } from "../../render/discord/card.ts";
import { renderDaily } from "../../render/discord/daily.ts";
import { renderDigest } from "../../render/discord/digest.ts";
import type { Announcement } from "../../report/explain.ts";
import type { Report } from "../../report/report.ts";
import { nameOfRoute } from "../../settings/also.ts";
import { mentionsOf } from "../../settings/announcements.ts";
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
  /** The charts of the card and of the digest, drawn. */
  readonly png: Uint8Array | null;
  readonly digestPng: Uint8Array | null;
  readonly words: Words;
  /** The alert for each other route that wants it. */
  readonly routed: (announcement: Announcement) => Run["routedAlerts"];
}

/** Renders the messages of a run, with what the state must remember. Notes on exports come from the state. */
export function renderRun({ database, notes, ephemeral }: State, outcome: RunOutcome, config: Config): Run {
  const { snapshot, observations, assessment, announcement, png, daily, turn, wantsCard, words } = outcome;
  const { keptPicture, shown } = outcome;
  const isLive = config.mode === "live";
  // Without a state a note would repeat at each run.
  const tellsDay = daily !== null && ephemeral === null;
  const tells = wantsCard || tellsDay;
  // Without cards the daily digest has the notes.
  const isSteady = isLive || !wantsCard;
  const { ownNotes, lastDead } = tells ? takeNotes(database, config, snapshot.takenAtMs, isSteady) : noNotes;
  const told = outcome.report(words, [...notes, ...ownNotes], "card");
  return {
    snapshot,
    observations,
    alertStates: assessment.states,
    eventSeries: outcome.eventSeries,
    incidents: outcome.incidents,
    changes: outcome.changes,
    endedMutes: outcome.endedMutes,
    held: outcome.held.kept,
    alert: announcement === null ? null : renderAlert(announcement, mentionsOf(config)),
    ...forRoutes(outcome, config),
    card: wantsCard ? cardOf(told, config, png, keptPicture) : null,
    chart: png !== null ? { png, untilMs: endOfDay(snapshot.takenAtMs, config.timezone) } : null,
    livePicture: keptPicture !== null ? "kept" : png !== null ? shown : null,
    daily: tellsDay
      ? {
          body: renderDaily(told, daily, config.timezone, wantsCard ? [] : ownNotes),
          digest: digestOfDaily(daily),
          picture: outcome.digestPng,
        }
      : null,
    digestDays: turn?.days ?? null,
    liveDay: isLive ? localDay(snapshot.takenAtMs, config.timezone) : null,
    toldDeadLetter: lastDead,
    digest: digestOf(snapshot.takenAtMs, observations),
    renderDigest: (folded, dropped) => renderDigest(told.name, folded, dropped, words),
  };
}

/** The card with a new picture, with the one that it has, or with none. */
function cardOf(told: Report, config: CardSettings, png: Uint8Array | null, keptPicture: string | null): unknown {
  const message = renderMessage(told, config, png !== null || keptPicture !== null);
  return keptPicture === null ? message : keepPicture(message, keptPicture);
}

const noNotes = { ownNotes: [], lastDead: null };

/** What a card tells of the reporting itself, and the last of the dead letters in it. */
function takeNotes(
  database: State["database"],
  config: Pick<Config, "exports" | "heartbeat">,
  nowMs: number,
  isSteady: boolean,
) {
  const dead = untoldDeadLetters(database);
  const ownNotes = [
    ...(dead === null ? [] : [dead.note]),
    ...(config.heartbeat === null ? [] : takeHeartbeatNotes(database, nowMs, isSteady)),
    ...takeExportNotes(database, config.exports, nowMs, isSteady),
  ];
  return { ownNotes, lastDead: dead?.lastId ?? null };
}

/** What goes to other routes than Discord. */
function forRoutes(
  { announcement, routed }: RunOutcome,
  { alerts }: Pick<Config, "alerts">,
): Pick<Run, "routedAlerts" | "routes"> {
  const routes = (alerts.also ?? []).map(nameOfRoute);
  return { routedAlerts: announcement === null ? [] : routed(announcement), routes };
}
