import type { Measurement } from "../measure/measure.ts";
import type { Host } from "../model/metric.ts";
import { identify } from "./identity.ts";
import { type Exporter, exportRun, type ExportRun } from "./run.ts";

/** A measurement as it is exported, and who exports it. `waiting` are the messages in the outbox; null without one. */
export async function createExport(
  { snapshot: { takenAtMs }, observations, assessment: { alerts }, report }: Measurement,
  host: Host,
  waiting: number | null,
  version: string,
): Promise<{ readonly run: ExportRun; readonly exporter: Exporter }> {
  return {
    run: exportRun({ takenAtMs, observations, alerts, waiting, version }),
    exporter: { name: report([]).name, version, ...(await identify(host)) },
  };
}
