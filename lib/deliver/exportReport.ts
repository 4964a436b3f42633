import { exportDeps, sendExport } from "../export/catchUp.ts";
import { createExport } from "../export/createExport.ts";
import { exportState, rememberExport, runsBetween } from "../export/memory.ts";
import type { Measurement } from "../measure/measure.ts";
import { type ExportTarget, nameOfTarget } from "../settings/exports.ts";
import type { State } from "../state/state.ts";
import type { World } from "../world.ts";

/**
 * Brings a run to every target, all at once and within one budget. What went wrong, a line each; it is remembered for the
 * next card, too. `waiting` are the messages in the outbox.
 */
export async function exportReport(
  world: World,
  targets: readonly ExportTarget[],
  { database }: State,
  measurement: Measurement,
  waiting: number,
): Promise<readonly string[]> {
  const { clock, host } = world.machine;
  const { run, exporter } = await createExport(measurement, host, waiting, world.version);
  const deps = exportDeps(world, clock);
  const problems = targets.map(async (target) => {
    const memory = {
      state: exportState(database, target),
      runsBetween: (afterMs: number, beforeMs: number) => runsBetween(database, afterMs, beforeMs),
      remember: (state: Parameters<typeof rememberExport>[2]) => rememberExport(database, target, state),
    };
    const { reason } = await sendExport(target, run, exporter, memory, deps);
    return reason === null ? [] : [`export to ${nameOfTarget(target)}: ${reason}`];
  });
  return (await Promise.all(problems)).flat();
}
