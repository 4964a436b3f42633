import type { Alert } from "../alerts/alert.ts";
import { summarizeNow } from "../alerts/text.ts";
import { isoTime, jsonText, printable } from "../format.ts";
import { definitions, type Readings } from "../metrics/index.ts";
import type { Change } from "../model/change.ts";
import type { CheckFinding } from "../model/host.ts";
import type { Reading } from "../model/metric.ts";
import { observationKey } from "../model/observation.ts";
import type { Course } from "../past/summary.ts";
import { labelOf } from "../past/keyMetrics.ts";
import type { TimedValue } from "../past/series.ts";
import type { Trend } from "../past/trend.ts";
import type { Report } from "../report/report.ts";
import type { Words } from "../words/en.ts";
import type { History } from "./terminal/history.ts";

/**
 * The report for programs. A promise: fields are added, never renamed or removed, without a new `schema` number. Sizes
 * are bytes, times seconds, shares percent; a number that could not be had is absent, never 0.
 */
export function renderJson(report: Report, version: string): string {
  const document = {
    schema: 1,
    program: { name: "server-metrics", version },
    name: report.name,
    at: isoTime(report.snapshot.takenAtMs),
    verdict: report.verdict,
    headline: report.headline,
    notes: [...report.notes, ...report.mutes.sentences],
    alerts: report.alerts.map((alert) => ({
      rule: alert.rule,
      about: alert.key,
      severity: alert.severity,
      summary: summarizeNow(alert, report.snapshot.takenAtMs, report.words),
      since: alert.sinceMs === null ? null : isoTime(alert.sinceMs),
      muted: mutedUntil(alert),
      lastSeen: isoTime(alert.lastSeenMs ?? report.snapshot.takenAtMs),
    })),
    trends: [...report.trends.values()].map(forPrograms),
    nextReport: report.nextMs === null ? null : isoTime(report.nextMs),
    readings: writtenOut(report.snapshot.readings, report.words),
    observations: report.observations.map((observation) => ({
      key: observationKey(observation),
      ...observation,
      unit: definitions.get(observation.name)?.unit,
    })),
  };
  return jsonText(document);
}

/** What changed, for programs. */
export function renderChangesJson(changes: readonly Change[], words: Words): string {
  const written = changes.map((change) => {
    const { atMs, sinceMs, isLoud: loud, ...facts } = change;
    return { at: isoTime(atMs), since: isoTime(sinceMs), summary: words.changes.news(change), loud, ...facts };
  });
  return jsonText({ schema: 1, changes: written });
}

/** Programs get a check's problem as a clause. */
function writtenOut(readings: Readings, words: Words) {
  const { changes, httpChecks, tcpChecks } = readings;
  return {
    ...readings,
    changes: withoutFacts(changes),
    httpChecks: withClauses(httpChecks, words),
    tcpChecks: withClauses(tcpChecks, words),
  };
}

/** What is kept for the next look is of no use to others. */
function withoutFacts(reading: Readings["changes"]) {
  if (reading.status !== "ok") return reading;
  const { ports, closed } = reading.value;
  return { ...reading, value: { openPorts: Object.keys(ports), notReadable: closed } };
}

function withClauses<T extends CheckFinding>(reading: Reading<readonly T[]>, words: Words) {
  if (reading.status !== "ok") return reading;
  const value = reading.value.map((one) => ({
    ...one,
    problem: one.problem === null ? null : words.problem(one.problem),
  }));
  return { ...reading, value };
}

function forPrograms({ key, hours, buckets, minimum, average, maximum, changeBytes, fullInHours }: Trend) {
  const extreme = ({ value, atMs }: TimedValue) => ({ value, at: isoTime(atMs) });
  return {
    key,
    hours,
    cells: buckets,
    minimum: extreme(minimum),
    average,
    maximum: extreme(maximum),
    changeBytes,
    fullInHours,
  };
}

/** The history for programs; fields are added, never renamed or removed, without a new `schema` number. */
export function renderHistoryJson({ name, fromMs, toMs, runs, summaries }: History, words: Words): string {
  const timed = ({ value, atMs }: TimedValue) => ({ value, at: isoTime(atMs) });
  const numbers = summaries.map((summary) => ({
    key: summary.key,
    label: labelOf(summary.key, words),
    unit: summary.unit,
    runs: summary.runs,
    minimum: timed(summary.minimum),
    average: summary.average,
    maximum: timed(summary.maximum),
    last: timed(summary.last),
    cells: summary.buckets,
  }));
  return jsonText({ schema: 1, name, from: isoTime(fromMs), to: isoTime(toMs), runs, numbers });
}

/**
 * A line a moment and a column a number, after RFC 4180; what was not measured is empty, never 0. In pieces: that of a year
 * has 20 MB.
 */
export function* renderHistoryCsv({ atMs, columns }: Course, words: Words): Generator<string> {
  const quoted = (text: string) => `"${printable(text).replaceAll('"', '""')}"`;
  const labels = columns.map(({ number: { key, unit } }) => labelOf(key, words) + (unit === "percent" ? " %" : ""));
  yield `${["at", ...labels.map(quoted)].join(",")}\r\n`;
  // Seven digits, as many as an hour is kept with.
  const cellOf = (value = Number.NaN) => (Number.isNaN(value) ? "" : String(Number(value.toPrecision(7))));
  for (let from = 0; from < atMs.length; from += linesInPiece) {
    const lines = atMs.slice(from, from + linesInPiece).map((time, index) => {
      const cells = columns.map(({ averages }) => cellOf(averages[from + index]));
      return `${[isoTime(time), ...cells].join(",")}\r\n`;
    });
    yield lines.join("");
  }
}

const linesInPiece = 250;

/** A time, `over` for as long as it lasts, or null for what is announced. */
function mutedUntil({ mute }: Alert): string | null {
  if (mute === undefined) return null;
  return mute.untilMs === null ? "over" : isoTime(mute.untilMs);
}
