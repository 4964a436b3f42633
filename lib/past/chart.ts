import type { Incident } from "../alerts/incidents.ts";
import type { ObservationName } from "../metrics/index.ts";
import type { Change } from "../model/change.ts";
import { observationKey, type ObservationKey, observationOf } from "../model/observation.ts";
import type { Config } from "../settings/config.ts";
import { mean, median } from "./series.ts";

/** A number at one time; null where the run had none. */
export interface ChartPoint {
  readonly atMs: number;
  readonly value: number | null;
}

/** One number over time. */
export interface Series {
  readonly name: "cpu" | "memory" | "disk" | "received" | "sent" | "own";
  /** The mount point, the interface, or the owner's check; empty where there is only one such thing. */
  readonly of: string;
  readonly key: string;
  readonly points: readonly ChartPoint[];
}

/** Two times, milliseconds since the epoch. */
export type Span = readonly [fromMs: number, toMs: number];

/** When something changed on the machine. */
export type ChangeMark = Pick<Change, "atMs" | "isLoud">;

/** All that a chart shows. */
export interface ChartData {
  readonly span: Span;
  /** For the labels of the axis; null for the machine's own. */
  readonly timezone: string | null;
  readonly units: Config["units"];
  /** CPU, memory and the fullest disk, 0–100. */
  readonly shares: readonly Series[];
  /** Bytes a second, in and out, of the busiest interface. */
  readonly network: readonly Series[];
  /** Numbers of the owner's, each in a unit of its own. */
  readonly own: readonly Series[];
  readonly incidents: readonly Incident[];
  readonly changes: readonly ChangeMark[];
  /** Spans in which nothing was measured. */
  readonly gaps: readonly Span[];
}

/** The numbers of a run by their keys. */
interface Numbers {
  readonly get: (key: string) => number | undefined;
  readonly keys: () => Iterable<string>;
}

/** A run of the past, as far as a chart needs it. */
export interface ChartedRun {
  readonly atMs: number;
  readonly numbers: Numbers;
}

/** Numbers that share their keys with those of thousands of other runs: a Map for each takes ten times as much. */
export function packNumbers(places: ReadonlyMap<string, number>, values: Float64Array): Numbers {
  const get = (key: string) => {
    const value = values[places.get(key) ?? -1] ?? Number.NaN;
    return Number.isNaN(value) ? undefined : value;
  };
  return { get, keys: () => places.keys().filter((key) => get(key) !== undefined) };
}

/** The input of a chart: runs, oldest first, and incidents and changes of any time. */
export interface ChartInput {
  readonly span: Span;
  readonly runs: readonly ChartedRun[];
  readonly incidents: readonly Incident[];
  readonly changes?: readonly ChangeMark[];
}

/** Lays out what a chart shows of a span of time. Pure. */
export function chartOf(
  { span, runs, incidents, changes = [] }: ChartInput,
  { timezone, units, probes = [] }: Pick<Config, "timezone" | "units"> & Partial<Pick<Config, "probes">>,
): ChartData {
  const [fromMs, toMs] = span;
  const shown = runs.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const partMs = (toMs - fromMs) / parts;
  const groups = [...Map.groupBy(shown, ({ atMs }) => Math.floor((atMs - fromMs) / partMs)).values()];
  const series = (name: Series["name"], of: string, key: Key): readonly Series[] => {
    const points = groups.map((group) => averageOf(group, key));
    return points.every(({ value }) => value === null) ? [] : [{ name, of, key, points }];
  };
  const mount = fullestDisk(shown);
  const port = busiestInterface(shown);
  return {
    span,
    timezone,
    units,
    shares: [
      ...series("cpu", "", cpuKey),
      ...series("memory", "", "memory_used_percent"),
      ...series("disk", mount, diskKey(mount)),
    ],
    network: [
      ...series("received", port, networkKey("receive", port)),
      ...series("sent", port, networkKey("transmit", port)),
    ],
    own: probes
      .filter(({ isCharted: isWanted }) => isWanted)
      .slice(0, mostOwn)
      .flatMap(({ name }) => series("own", name, ownKey(shown, name))),
    incidents: incidentsIn(incidents, span),
    changes: changes.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
    gaps: findGaps([fromMs, ...shown.map(({ atMs }) => atMs), toMs], partMs),
  };
}

/** More panels would be too low to read. */
const mostOwn = 2;

/** The key of a check's first number in the last run: a plugin may change its unit. */
function ownKey(runs: readonly ChartedRun[], probe: string): Key {
  const keys = [...(runs.at(-1)?.numbers.keys() ?? [])].map((key) => observationOf(key, 0).labels);
  const labels = keys.find((own) => own["probe"] === probe && own["number"] === undefined);
  return observationKey({ name: "probe_value", labels: labels ?? { probe } });
}

/** One point covers two pixels, so that a day of runs each minute stays readable. */
const parts = 288;

function averageOf(runs: readonly ChartedRun[], key: string): ChartPoint {
  const values = runs.flatMap(({ numbers }) => numbers.get(key) ?? []);
  return { atMs: mean(runs.map(({ atMs }) => atMs)), value: values.length === 0 ? null : mean(values) };
}

type Key = ObservationKey<ObservationName>;
const cpuKey: Key = observationKey({ name: "cpu_busy_percent", labels: { window: "report" } });
const diskKey = (mount: string): Key => observationKey({ name: "storage_used_percent", labels: { mount } });
const networkKey = (way: "receive" | "transmit", port: string): Key =>
  observationKey({ name: `network_${way}_bytes_per_second`, labels: { interface: port, window: "report" } });

const charted: ReadonlySet<string> = new Set<ObservationName>([
  "memory_used_percent",
  "storage_used_percent",
  "network_receive_bytes_per_second",
  "network_transmit_bytes_per_second",
  "probe_value",
]);

/** Which numbers a chart needs, by their keys. */
export const isCharted = (key: string): boolean => key === cpuKey || charted.has(key.split("{", 1)[0] ?? "");

/** Of the last run that knows of any. */
function fullestDisk(runs: readonly ChartedRun[]): string {
  const mounts = labelsIn(runs, "storage_used_percent", "mount");
  const last = runs.findLast(({ numbers }) => mounts.some((mount) => numbers.get(diskKey(mount)) !== undefined));
  return largest(mounts, (mount) => last?.numbers.get(diskKey(mount)) ?? -1);
}

/** Of all runs together. */
function busiestInterface(runs: readonly ChartedRun[]): string {
  const sum = (key: string) => runs.reduce((total, { numbers }) => total + (numbers.get(key) ?? 0), 0);
  const ports = labelsIn(runs, "network_receive_bytes_per_second", "interface");
  return largest(ports, (port) => sum(networkKey("receive", port)) + sum(networkKey("transmit", port)));
}

/** Every text that a label of one name has. */
function labelsIn(runs: readonly ChartedRun[], name: ObservationName, label: string): readonly string[] {
  const keys = new Set<string>();
  for (const { numbers } of runs) for (const key of numbers.keys()) keys.add(key);
  const observations = [...keys].flatMap((key) => observationOf(key, 0) ?? []);
  return observations.flatMap((one) => (one.name === name ? [one.labels[label] ?? ""] : []));
}

function largest(names: readonly string[], valueOf: (name: string) => number): string {
  return names.toSorted((one, other) => valueOf(other) - valueOf(one))[0] ?? "";
}

/** The incidents that reach into a span of time. */
export const incidentsIn = (incidents: readonly Incident[], [fromMs, toMs]: Span): readonly Incident[] =>
  incidents.filter((one) => one.fromMs <= toMs && (one.toMs ?? toMs) >= fromMs);

/** The gaps from the first run on: before it there may have been nothing to measure. */
export const gapsIn = (times: readonly number[], [fromMs, toMs]: Span): readonly Span[] =>
  times.length === 0 ? [] : findGaps([...times, toMs], (toMs - fromMs) / parts);

/** Gaps between runs that are much longer than usual and wide enough to see. */
export function findGaps(times: readonly number[], partMs: number): readonly Span[] {
  const pairs = times.slice(1).map((time, index) => [times[index] ?? time, time] as const);
  const usual = median(pairs.map(([from, to]) => to - from)) ?? 0;
  return pairs.filter(([from, to]) => to - from > Math.max(1.75 * usual, partMs));
}
