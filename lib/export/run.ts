import type { Alert } from "../alerts/alert.ts";
import { rules } from "../alerts/rules.ts";
import type { Measurement } from "../measure/measure.ts";
import { definitions, type ObservationName } from "../metrics/index.ts";
import type { Host } from "../model/host.ts";
import { type Definition, gauge, type Labels, type Observation, type Unit } from "../model/observation.ts";
import { targetName } from "../model/rule.ts";
import { en } from "../words/en.ts";

/** One run as it leaves this machine for an engine. */
export interface ExportRun {
  /** Milliseconds since the epoch, whole seconds, as the history has them. */
  readonly atMs: number;
  readonly observations: readonly Observation[];
}

/** The exporting machine, the same in every format. */
export interface Exporter {
  /** The machine's name, as in the card. */
  readonly name: string;
  /** The machine's id; null where it has none. */
  readonly hostId: string | null;
  /** As OpenTelemetry has it: `linux`, `darwin`. */
  readonly osType: string;
  /** The start of its counters, milliseconds since the epoch; null when it is not known. */
  readonly bootedMs: number | null;
  /** The program's version. */
  readonly version: string;
}

/** A number as engines want it: in a base unit, with the name to match. */
export interface BaseNumber {
  /** In snake case, without the program's own prefix. */
  readonly name: string;
  readonly unit: BaseUnit;
  readonly value: number;
  readonly labels: Labels;
  readonly definition: Definition;
}

/** The units in engines: shares are 0 to 1 and times are seconds. */
export type BaseUnit = "bytes" | "bytes_per_second" | "celsius" | "count" | "per_second" | "ratio" | "seconds";

/** The program's own numbers, besides the registry's metrics. */
export const ownDefinitions = {
  last_run_timestamp_seconds: gauge("seconds", "When this machine was last measured, since the epoch."),
  outbox_messages: gauge("count", "Messages that wait to be delivered to Discord."),
  alert_firing: gauge("count", "1 for each alert that is raised."),
  build_info: gauge("count", "1; the version stands in the label."),
};
type OwnName = keyof typeof ownDefinitions;

/** The name of everything that is exported. */
export type ExportName = ObservationName | OwnName;

const definitionOf: ReadonlyMap<string, Definition> = new Map([...definitions, ...Object.entries(ownDefinitions)]);

/** The exported part of one run. */
export interface RunFacts {
  readonly takenAtMs: number;
  readonly observations: readonly Observation[];
  readonly alerts: readonly Alert[];
  /** Messages in the outbox; null where there is none. */
  readonly waiting: number | null;
  readonly version: string;
}

/** A run with the program's own numbers. */
function exportRun({ takenAtMs, observations, alerts, waiting, version }: RunFacts): ExportRun {
  const firing = alerts.filter(({ sinceMs }) => sinceMs !== null).map(observeAlert);
  const one = (name: OwnName, value: number, labels: Labels = {}) => ({ name, labels, value });
  const outbox = waiting === null ? [] : [one("outbox_messages", waiting)];
  const own = [...outbox, one("build_info", 1, { version }), ...firing];
  return pastRun(takenAtMs, [...observations, ...own]);
}

/** A run of the history. */
export function pastRun(takenAtMs: number, observations: readonly Observation[]): ExportRun {
  const seconds = Math.floor(takenAtMs / 1000);
  const lastRun = { name: "last_run_timestamp_seconds", labels: {}, value: seconds };
  return { atMs: seconds * 1000, observations: [...observations, lastRun] };
}

function observeAlert({ rule, labels, severity }: Alert): Observation {
  return { name: "alert_firing", labels: { rule, target: targetName(rules[rule], labels), severity }, value: 1 };
}

/** An observation in base units; null for one that is not for engines, or that no metric of this version makes. */
export function inBaseUnits({ name, labels, value }: Observation): BaseNumber | null {
  const definition = definitionOf.get(name);
  if (definition === undefined || definition.fleeting === true || !Number.isFinite(value)) return null;
  const [unit, based] = baseOf(definition.unit, value);
  // The suffix `_count` is kept by engines for histograms.
  const renamed = name.replace(/_(percent|hours|days)$/, `_${unit}`).replace(/_count$/, "");
  return { name: renamed, unit, value: based, labels, definition };
}

function baseOf(unit: Unit, value: number): readonly [BaseUnit, number] {
  switch (unit) {
    case "percent":
      return ["ratio", value / 100];
    case "hours":
      return ["seconds", value * 3600];
    case "days":
      return ["seconds", value * 86_400];
    case "bytes":
    case "bytes_per_second":
    case "celsius":
    case "count":
    case "per_second":
    case "ratio":
    case "seconds":
      return [unit, value];
  }
}

/** A measurement as it is exported, and who exports it. `waiting` are the messages in the outbox; null without one. */
export async function createExport(
  { snapshot: { takenAtMs }, observations, assessment: { alerts }, report }: Measurement,
  host: Host,
  waiting: number | null,
  version: string,
): Promise<{ readonly run: ExportRun; readonly exporter: Exporter }> {
  return {
    run: exportRun({ takenAtMs, observations, alerts, waiting, version }),
    exporter: { name: report(en, []).name, version, ...(await identify(host)) },
  };
}

/**
 * What tells this machine from all others. The id is told as it is, as OpenTelemetry's own collector does, so that both
 * name the same machine. The time of boot does not move with the clock's last digits, or counters would seem to begin
 * anew. Sources: `machine-id(5)`, btime of `proc_stat(5)`.
 */
async function identify(host: Host): Promise<Pick<Exporter, "bootedMs" | "hostId" | "osType">> {
  const id = await host.readFile("/etc/machine-id").catch(() => "");
  const stat = await host.readProc("stat").catch(() => "");
  const bootedSeconds = /^btime (\d+)$/m.exec(stat)?.[1];
  return {
    hostId: /^[0-9a-f]{32}$/.exec(id.trim())?.[0] ?? null,
    osType: process.platform,
    bootedMs: bootedSeconds === undefined ? null : Number(bootedSeconds) * 1000,
  };
}
