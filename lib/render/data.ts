import { summarizeNow } from "../alerts/text.ts";
import { isoTime } from "../format.ts";
import { definitions } from "../metrics/definitions.ts";
import { observationKey } from "../model/observation.ts";
import type { TimedValue } from "../past/series.ts";
import type { Trend } from "../past/trend.ts";
import type { Report } from "../report/report.ts";

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
    notes: report.notes,
    alerts: report.alerts.map((alert) => ({
      rule: alert.rule,
      about: alert.key,
      severity: alert.severity,
      summary: summarizeNow(alert, report.snapshot.takenAtMs),
      since: alert.sinceMs === null ? null : isoTime(alert.sinceMs),
      lastSeen: isoTime(alert.lastSeenMs ?? report.snapshot.takenAtMs),
    })),
    trends: [...report.trends.values()].map(forPrograms),
    nextReport: report.nextMs === null ? null : isoTime(report.nextMs),
    readings: report.snapshot.readings,
    observations: report.observations.map((observation) => ({
      key: observationKey(observation),
      ...observation,
      unit: definitions.get(observation.name)?.unit,
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function forPrograms({ key, hours, cells, minimum, average, maximum, changeBytes, fullInHours }: Trend) {
  const extreme = ({ value, atMs }: TimedValue) => ({ value, at: isoTime(atMs) });
  return { key, hours, cells, minimum: extreme(minimum), average, maximum: extreme(maximum), changeBytes, fullInHours };
}
