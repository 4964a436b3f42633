import type { Clock } from "../clock.ts";
import { longestWaitMs } from "../deliver/retry.ts";
import { replaceFile } from "../host/replaceFile.ts";
import type { Measurement } from "../measure/measure.ts";
import { type ExportTarget, nameOfTarget } from "../settings/exports.ts";
import type { State } from "../state/state.ts";
import type { World } from "../world.ts";
import { type ExportState, exportState, setExport, runsBetween } from "./memory.ts";
import { push, type PushDeps, type Pushed } from "./push.ts";
import { exportRenderers, exportRequest } from "./request.ts";
import { createExport, type Exporter, type ExportRun } from "./run.ts";

/** The remembered progress of an export. */
export interface ExportMemory {
  readonly state: ExportState;
  /** The first runs between two times, milliseconds since the epoch, oldest first, as far as one request holds them. */
  readonly runsBetween: (afterMs: number, beforeMs: number) => readonly ExportRun[];
  readonly remember: (state: ExportState) => void;
}

/** For all exports of a run together, milliseconds. */
const budgetMs = 10_000;

/** The collaborators of a run's exports, with their time budget. */
export function exportDeps(world: Omit<PushDeps, "clock" | "deadlineMs">, clock: Clock): PushDeps {
  const signal = AbortSignal.any([world.signal, AbortSignal.timeout(budgetMs)]);
  return { ...world, clock, signal, deadlineMs: clock.monotonicMs() + budgetMs };
}

/**
 * Sends this run to a target and, where it takes the past, before it what it has missed, oldest first. Returns how far it has
 * come, and why no further.
 */
export async function sendExport(
  target: ExportTarget,
  run: ExportRun,
  exporter: Exporter,
  memory: ExportMemory,
  deps: PushDeps,
): Promise<ExportState> {
  const nowMs = deps.clock.now();
  let { state } = memory;
  // A time further off than any wait that is believed comes from a clock that has been set back since.
  if (state.notBeforeMs > nowMs && state.notBeforeMs <= nowMs + longestWaitMs) return state;
  let sentMs = state.sentMs ?? firstMs(target, run);
  for (;;) {
    const missed = takesThePast(target) ? memory.runsBetween(sentMs, run.atMs) : [];
    const runs = missed.length === 0 ? [run] : missed;
    const pushed = await send(target, runs, exporter, deps);
    const isOver = pushed.kind === "taken" || (pushed.kind === "refused" && isHopeless(target, pushed.status));
    if (isOver) sentMs = runs.at(-1)?.atMs ?? run.atMs;
    const next = after(state, pushed, takesThePast(target) ? sentMs : null, nowMs);
    if (!Bun.deepEquals(next, state)) memory.remember(next);
    state = next;
    if (!isOver || sentMs === run.atMs) return state;
  }
}

/** An engine that wants it has all that is remembered; a collector, what was measured since it was asked first. */
const firstMs = ({ way }: ExportTarget, run: ExportRun) => (way === "import" ? 0 : run.atMs - 1000);

const takesThePast = ({ way }: ExportTarget) => way === "import" || way === "otlp";

/** The same numbers would be refused again. OTLP says so of whatever is not temporary. */
const isHopeless = ({ way }: ExportTarget, status: number) => way === "otlp" || [400, 413, 422].includes(status);

async function send(
  target: ExportTarget,
  runs: readonly ExportRun[],
  exporter: Exporter,
  deps: PushDeps,
): Promise<Pushed> {
  const { way } = target;
  if (way !== "file") return push(exportRequest({ ...target, way }, runs, exporter), deps);
  const latest = runs.at(-1);
  const problem =
    latest === undefined ? null : replaceFile(target.address, exportRenderers[target.format](latest, exporter));
  return problem === null ? { kind: "taken", note: null } : { kind: "later", reason: problem };
}

function after(before: ExportState, pushed: Pushed, sentMs: number | null, nowMs: number): ExportState {
  const reason = pushed.kind === "taken" ? pushed.note : pushed.reason;
  const afterMs = pushed.kind === "later" ? pushed.afterMs : undefined;
  return {
    sentMs,
    notBeforeMs: afterMs === undefined ? 0 : nowMs + afterMs,
    reason,
    saidMs: reason === null ? null : before.saidMs,
  };
}

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
      remember: (state: Parameters<typeof setExport>[2]) => setExport(database, target, state),
    };
    const { reason } = await sendExport(target, run, exporter, memory, deps);
    return reason === null ? [] : [`export to ${nameOfTarget(target)}: ${reason}`];
  });
  return (await Promise.all(problems)).flat();
}
