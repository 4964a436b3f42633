import * as v from "valibot";

import { metricNames } from "../../lib/metrics/index.ts";

/** `2026-11-23T12:00:00.000Z` */
const time = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/));
const timed = v.looseObject({ value: v.number(), at: time });
const unit = v.picklist([
  "bytes",
  "bytes_per_second",
  "celsius",
  "count",
  "days",
  "hours",
  "per_second",
  "percent",
  "ratio",
  "seconds",
]);
const reading = v.variant("status", [
  v.looseObject({ status: v.literal("ok"), value: v.unknown() }),
  v.looseObject({ status: v.literal("unavailable"), reason: v.string() }),
  v.looseObject({ status: v.literal("failed"), reason: v.string() }),
]);

/** What `show --json` promises. More fields may come; none of these may go, or mean another thing. */
export const ReportDocument = v.looseObject({
  schema: v.literal(1),
  program: v.looseObject({ name: v.literal("server-metrics"), version: v.string() }),
  name: v.string(),
  at: time,
  verdict: v.picklist(["ok", "warning", "critical", "unknown"]),
  headline: v.string(),
  notes: v.array(v.string()),
  nextReport: v.nullable(time),
  alerts: v.array(
    v.looseObject({
      rule: v.string(),
      about: v.string(),
      severity: v.picklist(["warning", "critical"]),
      summary: v.string(),
      lastSeen: time,
      since: v.nullable(time),
    }),
  ),
  observations: v.array(
    v.looseObject({
      key: v.string(),
      name: v.string(),
      labels: v.record(v.string(), v.string()),
      value: v.number(),
      unit,
    }),
  ),
  trends: v.array(
    v.looseObject({
      key: v.string(),
      hours: v.number(),
      cells: v.array(v.nullable(v.number())),
      minimum: timed,
      average: v.number(),
      maximum: timed,
      changeBytes: v.nullable(v.number()),
      fullInHours: v.nullable(v.number()),
    }),
  ),
  readings: v.looseObject(Object.fromEntries(metricNames.map((name) => [name, reading]))),
});

/** What `history --json` promises. */
export const HistoryDocument = v.looseObject({
  schema: v.literal(1),
  name: v.string(),
  from: time,
  to: time,
  runs: v.number(),
  numbers: v.array(
    v.looseObject({
      key: v.string(),
      label: v.string(),
      unit,
      runs: v.number(),
      minimum: timed,
      average: v.number(),
      maximum: timed,
      last: timed,
      cells: v.array(v.nullable(v.number())),
    }),
  ),
});

/** The names of all fields of a document. */
export function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const entries = "entries" in schema && typeof schema.entries === "object" ? (schema.entries ?? {}) : {};
  const inner = ["item" in schema ? schema.item : null, "wrapped" in schema ? schema.wrapped : null];
  return [...Object.keys(entries), ...[...Object.values(entries), ...inner].flatMap((one) => fieldsOf(one))];
}
