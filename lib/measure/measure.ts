import type { ActiveRule, Mute } from "../alerts/alert.ts";
import { assess, type Assessment } from "../alerts/assess.ts";
import { changeEvents, findChanges } from "../alerts/changes.ts";
import { clockMovedMs, type Event, type EventSeries, findEvents, limitEvents } from "../alerts/events.ts";
import { findGone, letGo } from "../alerts/gone.ts";
import { type RuleName, ruleNames } from "../alerts/rules.ts";
import { followIncidents, type Incident } from "../alerts/incidents.ts";
import {
  addHeld,
  endedMutes,
  endedUntold,
  type Held,
  isEventSilenced,
  isSilent,
  type Silence,
} from "../alerts/mutes.ts";
import { dayMs, hourMs } from "../clock.ts";
import { createFormat } from "../format.ts";
import type { Machine } from "../host/machine.ts";
import { observeClock, observeFailures, observeSuccesses } from "../metrics/host.ts";
import { type KnownObservation, metricOf } from "../metrics/index.ts";
import type { Change } from "../model/change.ts";
import type { Note } from "../model/note.ts";
import type { Labels } from "../model/observation.ts";
import type { MetricSettings } from "../model/settings.ts";
import type { Snapshot } from "../model/snapshot.ts";
import { forecastPastHours, forecastStorage, type PastRun } from "../past/forecast.ts";
import { keysForTrends } from "../past/keyMetrics.ts";
import { findTrends } from "../past/trend.ts";
import { createReport, type Report, type ReportInput } from "../report/report.ts";
import { isConfigured } from "../report/configured.ts";
import { activeRule } from "../settings/alerts.ts";
import { isQuietAt, remindersOf } from "../settings/announcements.ts";
import type { Config } from "../settings/config.ts";
import type { Past } from "../state/past.ts";
import type { Words } from "../words/en.ts";
import { carryOn, errandIsDue } from "./carry.ts";
import { collect, type CollectOptions } from "./collect.ts";
import { compare, keepPossible, observe } from "./compare.ts";

/** Everything that one run found out. */
export interface Measurement {
  readonly snapshot: Snapshot;
  readonly observations: readonly KnownObservation[];
  readonly assessment: Assessment;
  /** The differences to the last look. */
  readonly changes: readonly Change[];
  readonly events: readonly Event[];
  readonly eventSeries: EventSeries;
  /** Of the last week, those of this run included. */
  readonly incidents: readonly Incident[];
  readonly endedMutes: readonly Mute[];
  /** What began and ended unannounced: still to be told, and told by this run. */
  readonly held: { readonly kept: readonly Held[]; readonly told: readonly Held[] };
  /** The report, with notes about the reporting itself. */
  readonly report: (words: Words, notes: readonly Note[], rows?: ReportInput["rows"]) => Report;
}

/** Options of a measurement. */
export type MeasureOptions = Pick<CollectOptions, "doing" | "everything" | "opened"> & {
  /** A report that is written down: it does the errand of the day where that is due. */
  readonly doesErrands?: boolean;
};

/** Measures the machine: collect, compare, observe, assess, report. */
export async function measure(
  { host, clock }: Machine,
  config: Config,
  past: Past,
  options: MeasureOptions,
): Promise<Measurement> {
  const didErrand = options.doesErrands === true && errandIsDue(past.lastRun, clock.now());
  const collected = await collect(host, clock, { config, ...options, last: past.lastRun, errandIsDue: didErrand });
  return past.together(() => evaluate(collected, didErrand, clock.now(), config, past));
}

/** What follows from the readings. */
function evaluate(
  { readings, sample }: Awaited<ReturnType<typeof collect>>,
  didErrand: boolean,
  nowMs: number,
  config: Config,
  past: Past,
): Measurement {
  const snapshot = carryOn(readings, { last: past.lastRun, takenAtMs: nowMs, didErrand });
  const measured = observe(snapshot, compare(snapshot, sample, past.lastRun));
  tidyUp(measured);
  const keys = keysForTrends(measured);
  const runs = past.runsSince(nowMs - dayMs, keys);
  const foreseen = foresee(measured, runs, nowMs, config, past);
  const observations = keepPossible([
    ...measured,
    ...foreseen,
    ...observeClock(past.clockOffSeconds),
    ...observeFailures(snapshot.readings),
  ]);
  const judgement = judge(snapshot, [...observations, ...observeSuccesses(readings)], config, past);
  tidyUp(observations);
  // Rules judge the time since the last run; the card shows the time since the last card.
  const comparison = compare(snapshot, sample, past.lastCard);
  const trends = findTrends({ observations, runs, hours: past.hoursSince(nowMs - 2 * dayMs, keys), nowMs });
  const nextMs = past.usualCardGapSeconds === null ? null : nowMs + past.usualCardGapSeconds * 1000;
  const changes = [...judgement.changes, ...past.changesSince(sinceCard(config, past, nowMs))];
  const input = {
    snapshot,
    comparison,
    observations,
    alerts: judgement.assessment.alerts,
    trends,
    format: createFormat(config.units),
    name: config.name,
    nextMs,
    silence: { mutes: past.mutes, timezone: config.timezone },
    changes,
  };
  const report: Measurement["report"] = (words, notes, rows = "all") => createReport({ ...input, words, notes, rows });
  return { snapshot, observations, ...judgement, report };
}

const manyNumbers = 20_000;

/** With thousands of file systems what one stage leaves behind is as much as the next one needs. */
export function tidyUp({ length }: readonly unknown[]): void {
  if (length > manyNumbers) Bun.gc(true);
}

/** What a card tells changes of: each once, where there are many cards; else of the day. */
const sinceCard = ({ mode }: Pick<Config, "mode">, { lastCard }: Past, nowMs: number) =>
  mode === "live" || lastCard === null ? nowMs - dayMs : Math.max(lastCard.takenAtMs + 1, nowMs - dayMs);

/** Forecasts when the disks will be full. */
function foresee(
  measured: readonly KnownObservation[],
  runs: readonly PastRun[],
  nowMs: number,
  config: Config,
  past: Past,
): readonly KnownObservation[] {
  const rule = ruleFor("storage_full_soon", config);
  const thresholdsFor = (labels: Labels) => rule?.thresholdsFor(labels) ?? null;
  const older = () => past.runsSince(nowMs - forecastPastHours * hourMs, keysForTrends(measured));
  return forecastStorage(measured, runs, nowMs, thresholdsFor, older);
}

type Judgement = Pick<
  Measurement,
  "assessment" | "changes" | "events" | "eventSeries" | "incidents" | "endedMutes" | "held"
>;

/** Judges the observations: alerts, transitions, events and incidents. */
function judge(snapshot: Snapshot, observations: readonly KnownObservation[], config: Config, past: Past): Judgement {
  const { takenAtMs: nowMs } = snapshot;
  const reminders = remindersOf(config.alerts);
  const silence = silenceAt(nowMs, config, past);
  const ruleOf = rulesOf(config);
  const { assessment, happened: left } = letGo({
    assessment: assess({
      observations,
      ruleOf,
      before: past.alertStates,
      reminders,
      nowMs,
      lastRunMs: past.lastRun?.takenAtMs ?? null,
      clockMovedMs: clockMovedMs(snapshot, past.lastRun),
      silence,
      newRules: past.newRules,
    }),
    before: past.alertStates,
    now: snapshot,
    last: past.lastRun,
    ruleOf,
    metricOf,
  });
  const usualGapSeconds = past.usualRunGapSeconds;
  const found = findEvents({ now: snapshot, last: past.lastRun, observations, usualGapSeconds });
  const changes = findChanges(snapshot, past.lastRun, config.changes.off);
  const happened = [...found, ...changeEvents(changes), ...findGone(snapshot, past.lastRun), ...left];
  const { heard, unheard } = separate(happened, silence);
  const { shown: events, series: eventSeries } = limitEvents(heard, past.eventSeries, reminders, nowMs);
  const incidents = followIncidents(past.incidents, assessment.transitions, assessment.states, nowMs);
  return {
    assessment,
    changes,
    events,
    eventSeries,
    incidents,
    endedMutes: endedMutes(silence, assessment.states, assessment.alerts),
    held: holdBack(silence, assessment, unheard, config, past),
  };
}

/** The events that may be told now, and the kinds of the others. */
function separate(happened: readonly Event[], silence: Silence) {
  const isHeard = ({ severity }: Event) => !isEventSilenced(silence, severity);
  return {
    heard: happened.filter(isHeard),
    unheard: happened.filter((event) => !isHeard(event)).map(({ kind }) => ({ event: kind })),
  };
}

type QuietSettings = Pick<Config, "alerts" | "timezone">;

const silenceAt = (nowMs: number, { alerts, timezone }: QuietSettings, { mutes }: Past): Silence => ({
  mutes,
  isQuiet: isQuietAt(nowMs, alerts, timezone),
  nowMs,
});

/** What began and ended while everything was silent is told in one line, when that has ended. */
function holdBack(
  silence: Silence,
  { states, transitions }: Assessment,
  unheard: readonly Held[],
  config: QuietSettings,
  past: Past,
): Measurement["held"] {
  const wasSilent = past.lastRun !== null && isSilent(silenceAt(past.lastRun.takenAtMs, config, past));
  const isStillSilent = isSilent(silence);
  const ended = isStillSilent || wasSilent ? endedUntold(past.alertStates, states, transitions) : [];
  const held = addHeld(past.held, [...ended, ...unheard]);
  return isStillSilent ? { kept: held, told: [] } : { kept: [], told: held };
}

type RuleSettings = MetricSettings & Pick<Config, "rules">;

/** Each rule with its settings; made once, because a bad target asks for several. */
function rulesOf(config: RuleSettings): (name: RuleName) => ActiveRule | null {
  const active = new Map(ruleNames.map((name) => [name, ruleFor(name, config)]));
  return (name) => active.get(name) ?? null;
}

const ruleFor = (name: RuleName, config: RuleSettings) =>
  activeRule(name, config.rules, (rule, labels) => isConfigured(rule, labels, config), config.probes);
