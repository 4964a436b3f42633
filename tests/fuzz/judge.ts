import * as v from "valibot";

import { compare, keepPossible } from "../../lib/measure/compare.ts";
import {
  definitions,
  type KnownObservation,
  type MetricName,
  metricNames,
  metrics,
  type Values,
} from "../../lib/metrics/index.ts";
import { observationKey } from "../../lib/model/observation.ts";
import type { Comparison, Snapshot } from "../../lib/model/snapshot.ts";
import type { Past } from "../../lib/state/past.ts";
import type { Report } from "../../lib/report/report.ts";
import { en } from "../../lib/words/en.ts";

/** What is wrong with a report, as `class: example`. */
export type Fault = readonly [kind: string, example: string];

const mostBytes = 2 ** 63;

function observeOne<Name extends MetricName>(name: Name, snapshot: Snapshot, comparison: Comparison) {
  const reading: Snapshot["readings"][Name] = snapshot.readings[name];
  if (reading.status !== "ok") return [];
  const value: Values[Name] = reading.value;
  return metrics[name].observe(value, comparison.earlier(name));
}

/** The observations as the metrics make them, before those that cannot be true are taken out. */
function* judgeObservations({ snapshot }: Report, past: Past): Iterable<Fault> {
  const comparison = compare(snapshot, null, past.lastRun);
  const all: readonly KnownObservation[] = metricNames.flatMap((name) => observeOne(name, snapshot, comparison));
  const possible = new Set(keepPossible(all));
  for (const one of all) {
    const told = `${observationKey(one)} ${one.value}`;
    if (!possible.has(one)) yield ["an observation that cannot be true", told];
    const unit = definitions.get(one.name)?.unit;
    if (unit?.startsWith("bytes") === true && one.value > mostBytes && !one.name.startsWith("storage_")) {
      yield ["an absurd size", told];
    }
  }
}

/** What comes back from JSON must still be what the metric says that it reads. */
function* judgeReadings({ snapshot }: Report): Iterable<Fault> {
  for (const name of metricNames) {
    const reading = snapshot.readings[name];
    if (reading.status !== "ok") continue;
    const back: unknown = JSON.parse(JSON.stringify(reading.value));
    if (!v.is(metrics[name].schema, back)) yield ["a reading that JSON cannot hold", name];
  }
}

/** Texts that numbers made, on a machine on which no name looks like one. */
function* judgeText(report: Report): Iterable<Fault> {
  for (const { metric, rows } of report.sections) {
    for (const text of rows.flatMap(({ label, lines }) => lines.map((line) => `${label}: ${line}`))) {
      if (/\b(?:NaN|Infinity|undefined|null)\b|\[object/.test(text)) yield ["no number in a text", text];
      if (metric !== "temperature" && /(?<![\w.:/-])-\d/.test(text)) yield ["a negative number in a text", text];
      const shares = Array.from(text.matchAll(/([\d.]+(?:e\+\d+)?) %/g), ([, share]) => Number(share));
      if (metric !== "vmstat" && shares.some((share) => share > 100)) yield ["more than 100 % in a text", text];
    }
  }
}

const ranks = { ok: 0, unknown: 0, warning: 1, critical: 2 } as const;

/** With less to read, nothing looks worse than it did, and nothing that was more becomes 0. */
function* judgeLoss(now: Report, before: Report): Iterable<Fault> {
  if (ranks[now.verdict] > ranks[before.verdict]) yield ["a verdict that got worse", `${now.verdict}: ${now.headline}`];
  const earlier = new Map(before.observations.map((one) => [observationKey(one), one.value]));
  for (const one of now.observations) {
    // Where a file is damaged from the start on, its counters stand still from then on.
    if (one.labels["window"] !== undefined) continue;
    if (one.value === 0 && (earlier.get(observationKey(one)) ?? 0) > 0) yield ["0 for unknown", observationKey(one)];
  }
}

/** What could not be read may be bad. */
function* judgeHeadline({ headline, snapshot }: Report): Iterable<Fault> {
  const failed = metricNames.find((name) => snapshot.readings[name].status === "failed");
  if (failed !== undefined && headline === en.report.verdict.ok) yield ["all well over a failed reading", failed];
}

/** Everything that is wrong with the report of a damaged machine. `before` is that of the sound one. */
export function judge(
  report: Report,
  past: Past,
  { before, loses, hasNames }: { readonly before: Report; readonly loses: boolean; readonly hasNames: boolean },
): readonly Fault[] {
  return [
    ...judgeObservations(report, past),
    ...judgeReadings(report),
    ...judgeHeadline(report),
    ...(hasNames ? [] : judgeText(report)),
    ...(loses ? judgeLoss(report, before) : []),
  ];
}
