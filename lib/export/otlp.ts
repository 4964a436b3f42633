import type { Labels } from "../model/observation.ts";
import { type BaseNumber, type BaseUnit, type Exporter, type ExportRun, inBaseUnits } from "./run.ts";

/*
 * The metrics of OTLP 1.x in protobuf's JSON mapping: 64-bit integers as text, enums as numbers.
 * Source: opentelemetry.io/docs/specs/otlp, opentelemetry-proto's metrics.proto.
 */

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

interface DataPoint {
  readonly attributes: readonly Attribute[];
  readonly startTimeUnixNano?: string;
  readonly timeUnixNano: string;
  readonly asInt?: string;
  readonly asDouble?: number;
}

interface OtlpMetric {
  readonly name: string;
  readonly description?: string;
  readonly unit?: string;
  readonly gauge?: { readonly dataPoints: DataPoint[] };
  readonly sum?: {
    readonly dataPoints: DataPoint[];
    readonly aggregationTemporality: 2;
    readonly isMonotonic: boolean;
  };
}

/** The body for an OTLP/HTTP collector. */
export interface OtlpRequest {
  readonly resourceMetrics: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string; readonly version: string };
      readonly metrics: readonly OtlpMetric[];
    }[];
  }[];
}

/**
 * UCUM, as the semantic conventions have it. "1" is for fractions alone: whoever translates it for Prometheus writes `_ratio`
 * after the name. Counts and flags have none, unless the conventions name what they count.
 */
const units: Readonly<Record<BaseUnit, string | null>> = {
  bytes: "By",
  bytes_per_second: "By/s",
  celsius: "Cel",
  count: null,
  per_second: "1/s",
  ratio: "1",
  seconds: "s",
};

function unitOf({ name, unit, definition }: BaseNumber): string | null {
  if (definition.otlp?.unit !== undefined) return definition.otlp.unit;
  // A load of 1.5 is no fraction of anything.
  const isFraction = unit !== "ratio" || definition.otlp !== undefined || name.endsWith("_ratio");
  return isFraction ? units[unit] : null;
}

/** A rate's unit is not said twice: translated for Prometheus, `tcp_retransmits` in `1/s` ends in `_per_second` again. */
const nameOf = ({ name, unit, definition }: BaseNumber): string =>
  definition.otlp?.name ??
  `server_metrics.${unit.endsWith("per_second") ? name.replace(/(_bytes)?_per_second$/, "") : name}`;

/** Runs as one request. What has no place in the semantic conventions is named `server_metrics.NAME`. */
export function renderOtlp(runs: readonly ExportRun[], exporter: Exporter): OtlpRequest {
  const metrics = new Map<string, { readonly metric: OtlpMetric; readonly dataPoints: DataPoint[] }>();
  for (const run of runs) {
    for (const number of numbersIn(run)) {
      const name = nameOf(number);
      const entry = metrics.get(name) ?? emptyMetric(name, number);
      metrics.set(name, entry);
      entry.dataPoints.push(dataPoint(number, run.atMs, exporter.bootedMs));
    }
  }
  const scope = { name: "server-metrics", version: exporter.version };
  const scopeMetrics = [{ scope, metrics: [...metrics.values()].map(({ metric }) => metric) }];
  return { resourceMetrics: [{ resource: { attributes: resourceOf(exporter) }, scopeMetrics }] };
}

function resourceOf({ name, hostId, osType, version }: Exporter): readonly Attribute[] {
  return attributes({
    "service.name": "server-metrics",
    "service.version": version,
    "host.name": name,
    ...(hostId !== null && { "host.id": hostId }),
    "os.type": osType,
  });
}

/**
 * All numbers of a run. The conventions have no word for the window of a rate, so theirs is one number for each: since
 * the last report, or else during the run.
 */
function numbersIn({ observations }: ExportRun): readonly BaseNumber[] {
  const inReport = new Set(observations.filter(({ labels }) => labels["window"] === "report").map(({ name }) => name));
  return observations.flatMap((observation) => {
    const number = inBaseUnits(observation);
    if (number?.definition.otlp === undefined) return number ?? [];
    const { window, ...labels } = number.labels;
    return window === "sample" && inReport.has(observation.name) ? [] : { ...number, labels };
  });
}

/** Beyond the integers that a number can hold. */
const nanoseconds = (ms: number) => String(BigInt(ms) * 1_000_000n);

function emptyMetric(name: string, number: BaseNumber) {
  const { definition } = number;
  const dataPoints: DataPoint[] = [];
  // Several of our numbers can be one metric there, and their helps differ.
  const description = definition.otlp === undefined ? { description: definition.help } : {};
  const unit = unitOf(number);
  const head = { name, ...description, ...(unit !== null && { unit }) };
  const isMonotonic = definition.type === "counter";
  const metric: OtlpMetric =
    isMonotonic || definition.otlp?.additive === true
      ? { ...head, sum: { dataPoints, aggregationTemporality: 2, isMonotonic } }
      : { ...head, gauge: { dataPoints } };
  return { metric, dataPoints };
}

function dataPoint({ labels, value, unit, definition }: BaseNumber, atMs: number, bootedMs: number | null): DataPoint {
  const { otlp, type } = definition;
  const renamed = Object.entries(labels).map(([label, text]) => [otlp?.labels?.[label] ?? label, text] as const);
  const isWhole = (unit === "bytes" || unit === "count") && Number.isSafeInteger(value);
  return {
    attributes: attributes({ ...otlp?.attributes, ...Object.fromEntries(renamed) }),
    ...(type === "counter" && bootedMs !== null && { startTimeUnixNano: nanoseconds(bootedMs) }),
    timeUnixNano: nanoseconds(atMs),
    ...(isWhole ? { asInt: String(value) } : { asDouble: value }),
  };
}

function attributes(values: Labels): readonly Attribute[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value.toWellFormed() } }));
}
