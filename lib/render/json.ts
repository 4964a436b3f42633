import { summarize } from "../alertText.ts";
import { observationKey } from "../metric.ts";
import { metricNames, metrics } from "../metrics/index.ts";
import type { Report } from "../report.ts";

/**
 * The report for programs. A promise: fields are added, never renamed or removed, without a new `schema` number. Sizes
 * are bytes, times seconds, shares percent; a number that could not be had is absent, never 0.
 */
export function renderJson(report: Report, version: string): string {
  const document = {
    schema: 1,
    program: { name: "server-metrics", version },
    name: report.name,
    at: new Date(report.snapshot.takenAtMs).toISOString(),
    verdict: report.verdict,
    headline: report.headline,
    notes: report.notes,
    alerts: report.alerts.map((alert) => ({
      rule: alert.rule,
      about: alert.key,
      severity: alert.severity,
      summary: summarize(alert),
      since: alert.sinceMs === null ? null : new Date(alert.sinceMs).toISOString(),
    })),
    readings: report.snapshot.readings,
    observations: report.observations.map((observation) => ({
      key: observationKey(observation),
      ...observation,
      unit: unitOf(observation.name),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function unitOf(name: string): string | undefined {
  return metricNames.map((metric) => metrics[metric].definitions[name]).find((definition) => definition)?.unit;
}
