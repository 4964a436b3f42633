import type { Alert, Mute } from "../alerts/alert.ts";
import { everything } from "../alerts/mutes.ts";
import { summarizeNow } from "../alerts/text.ts";
import { type Format, localText } from "../format.ts";
import type { Comparison, Snapshot } from "../model/snapshot.ts";
import {
  type KnownObservation,
  metricNames,
  metrics,
  type MetricName,
  type ObservationName,
  type Values,
} from "../metrics/index.ts";
import type { Change } from "../model/change.ts";
import { type Row, sayAbsence } from "../model/metric.ts";
import type { Note } from "../model/note.ts";
import { observationKey } from "../model/observation.ts";
import type { Severity } from "../model/rule.ts";
import type { Trend } from "../past/trend.ts";
import type { Words } from "../words/en.ts";
import { sayChanges } from "./changed.ts";

/** The verdict on the machine. `unknown`: no core metric could be read. */
export type Verdict = "ok" | Severity | "unknown";

/** A row, coloured, with what it did in the last 24 hours; null while too little is known. */
export interface ReportRow extends Row {
  readonly severity: Severity | null;
  readonly trend: Trend | null;
  /** About it, the worst first; all of them are muted where there is no severity. */
  readonly alerts: readonly Alert[];
  /** Null for an alert that no row is about. */
  readonly metric: MetricName | null;
  /** Its reading failed. */
  readonly isUnread: boolean;
}

/** The rows of one metric. */
export interface Section {
  readonly metric: MetricName;
  readonly rows: readonly ReportRow[];
}

/** Everything that a run reports; every output is a rendering of it. */
export interface Report {
  /** The machine's name. */
  readonly name: string;
  readonly verdict: Verdict;
  /** `all well`; `no alerts · reboot due`; or what is wrong, the worst first: `disk / 96 % full, memory 97 %`. */
  readonly headline: string;
  readonly sections: readonly Section[];
  /** About the reporting itself: nothing remembered, a damaged state file. */
  readonly notes: readonly string[];
  readonly mutes: Mutes;
  /** What changed of late, in a line; null for nothing. */
  readonly changed: string | null;
  /** The due time of the next card, milliseconds since the epoch; null when it is not known. */
  readonly nextMs: number | null;
  readonly alerts: readonly Alert[];
  /** Those that no row is about. */
  readonly rowless: readonly Alert[];
  readonly observations: readonly KnownObservation[];
  /** The last 24 hours of the key metrics, by the key of their observation. */
  readonly trends: ReadonlyMap<string, Trend>;
  readonly snapshot: Snapshot;
  readonly format: Format;
  /** The language of the report. */
  readonly words: Words;
}

/** The input of a report. */
export interface ReportInput {
  readonly snapshot: Snapshot;
  readonly comparison: Comparison;
  readonly observations: readonly KnownObservation[];
  readonly alerts: readonly Alert[];
  readonly trends: ReadonlyMap<string, Trend>;
  readonly format: Format;
  /** Overrides the host name. */
  readonly name: string | null;
  readonly notes: readonly Note[];
  /** The due time of the next card, milliseconds since the epoch; null when it is not known. */
  readonly nextMs: number | null;
  /** Mutes, and the zone of their times; none by default. */
  readonly silence?: { readonly mutes: readonly Mute[]; readonly timezone: string | null };
  /** What changed of late, the newest first; nothing if not given. */
  readonly changes?: readonly Change[];
  readonly words: Words;
  /** A card without alerts has no place for a detail, so that none is written. All rows if not given. */
  readonly rows?: "all" | "card";
}

/** Decides what the report says and how bad it is. Total: a machine that could not be read has a report, too. */
export function createReport(input: ReportInput): Report {
  const { snapshot, alerts, observations, words } = input;
  const announced = alerts.filter(({ mute }) => mute === undefined);
  const { host } = snapshot.readings;
  const verdict = judgeAll(snapshot, announced);
  const byKey = Map.groupBy(alerts, ({ key }) => key);
  const sections = metricNames.map((name) => createSection(name, input, byKey));
  return {
    name: input.name ?? (host.status === "ok" ? host.value.hostname : null) ?? words.report.unnamedMachine,
    verdict,
    headline: headlineFor(verdict, sections, input),
    sections,
    notes: input.notes.map((note) => noteText(note, words)),
    mutes: mutesIn(input),
    changed: input.changes === undefined || input.changes.length === 0 ? null : sayChanges(input.changes, words),
    nextMs: input.nextMs,
    alerts,
    rowless: alerts.length === 0 ? [] : rowlessOf(alerts, sections),
    observations,
    trends: input.trends,
    snapshot,
    format: input.format,
    words,
  };
}

function judgeAll({ readings }: Snapshot, alerts: readonly Alert[]): Verdict {
  const measured = metricNames.filter((name) => metrics[name].core && name !== "host");
  if (measured.every((name) => readings[name].status !== "ok")) return "unknown";
  if (alerts.some(({ severity }) => severity === "critical")) return "critical";
  return alerts.length > 0 ? "warning" : "ok";
}

function headlineFor(verdict: Verdict, sections: readonly Section[], { alerts, snapshot, words }: ReportInput): string {
  switch (verdict) {
    case "ok":
      return sayNoAlerts(sections, alerts.length, words);
    case "unknown":
      return words.report.verdict.unknown;
    case "warning":
    case "critical":
      return words.report.headlines(
        alerts.filter(({ mute }) => mute === undefined).map((alert) => summarizeNow(alert, snapshot.takenAtMs, words)),
      );
  }
}

/** The mute of everything, and the sentences about all that is muted. */
interface Mutes {
  readonly all: Mute | null;
  readonly sentences: readonly string[];
}

/** `muted until it is over: disk /mnt/media 97 % full` */
function mutesIn({ alerts, snapshot, silence, words }: ReportInput): Mutes {
  const { mutes = [], timezone = null } = silence ?? {};
  const nowMs = snapshot.takenAtMs;
  const say = (what: string, { untilMs }: Mute, why: string | null) =>
    words.mute.row(what, untilMs === null ? null : localText(untilMs, nowMs, timezone), why);
  const isNow = ({ target, untilMs }: Mute) => target === everything && untilMs !== null && untilMs > nowMs;
  const all = mutes.find(isNow) ?? null;
  const sentences = alerts.flatMap(({ mute, ...alert }) =>
    mute === undefined
      ? []
      : [say(summarizeNow(alert, nowMs, words), mute, mute.target === everything ? null : mute.why)],
  );
  return { all, sentences: all === null ? sentences : [say(words.mute.everything, all, all.why), ...sentences] };
}

/** All is well only where no row is worth a word: what could not be read may be bad, and no rule judges a single kill. */
function sayNoAlerts(sections: readonly Section[], muted: number, { report: words }: Words): string {
  const rows = sections.flatMap((section) => section.rows);
  const news = rows
    .filter((row) => row.importance === "notable" || row.news !== undefined)
    .map((row) => row.news ?? words.news(row.label, row.lines[0] ?? ""));
  const all = muted === 0 ? news : [words.muted(muted), ...news];
  return all.length === 0 ? words.verdict.ok : words.noAlerts(all);
}

function createSection<Name extends MetricName>(name: Name, input: ReportInput, alerts: AlertsByKey): Section {
  const metric = metrics[name];
  const reading: Snapshot["readings"][Name] = input.snapshot.readings[name];
  const section = (rows: readonly Row[], isUnread: boolean) => ({
    metric: name,
    rows: rows.map((row) => {
      const own = alerts.size === 0 ? [] : worstFirst(row.about.flatMap((key) => alerts.get(key) ?? []));
      const severity = own.find(({ mute }) => mute === undefined)?.severity ?? null;
      return {
        ...row,
        severity,
        trend: input.trends.get(row.trends ?? "") ?? null,
        alerts: own,
        metric: name,
        isUnread,
      };
    }),
  });
  const isDetail = reading.status === "ok" ? metric.isDetail : reading.status === "unavailable" && !metric.core;
  if (isDetail === true && input.rows === "card" && alerts.size === 0) return { metric: name, rows: [] };
  if (reading.status === "ok") {
    const value: Values[Name] = reading.value;
    return section(metric.describe(value, input.comparison.earlier(name), input), false);
  }
  // A reading that failed is news; a metric that the machine does not have is a detail.
  const importance = metric.core ? "core" : reading.status === "failed" ? "notable" : "detail";
  const absent = reading.status === "unavailable" && !metric.core;
  const title = metric.title(input.words);
  const news = reading.status === "failed" ? { news: input.words.report.unread(title) } : {};
  const about = [observationKey<ObservationName>({ name: "reading_failed", labels: { metric: name } })];
  const lines = [sayAbsence(reading, input.words)];
  return section(
    [{ label: title, number: "?", lines, importance, about, absent, ...news }],
    reading.status === "failed",
  );
}

/** By the key of the observation that they are about. */
type AlertsByKey = ReadonlyMap<string, readonly Alert[]>;

function rowlessOf(alerts: readonly Alert[], sections: readonly Section[]): readonly Alert[] {
  const told = new Set<string>(sections.flatMap(({ rows }) => rows.flatMap(({ about }) => about)));
  return worstFirst(alerts.filter(({ key }) => !told.has(key)));
}

/** Muted ones last. */
const worstFirst = (alerts: readonly Alert[]) => {
  const rank = ({ severity, mute }: Alert) => (mute === undefined ? (severity === "critical" ? 0 : 1) : 2);
  return alerts.toSorted((one, other) => rank(one) - rank(other));
};

/** The title: machine, severity, headline. */
export function titleOf({ name, verdict, headline, words }: Report): string {
  const severity = verdict === "warning" || verdict === "critical" ? verdict : null;
  return words.report.title(name, severity, headline);
}

/** Notes on the reporting itself. */
export function noteText(note: Note, { note: forms }: Words): string {
  switch (note.kind) {
    case "ephemeral":
      return forms.ephemeral(note.reason);
    case "damaged":
      return forms.damaged(note.saved);
    case "foreign":
      return forms.foreign(note.file);
    case "refused":
      return forms.refused(note.count, note.reason);
    case "heartbeat":
      return forms.heartbeat(note.reason);
    case "export":
      return forms.export(note.target, note.reason);
  }
}
