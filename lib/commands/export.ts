import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { exportDeps, type ExportMemory, sendExport } from "../export/catchUp.ts";
import { exportState, isNews, newExport, setExport, runsBetween } from "../export/memory.ts";
import { exportRenderers } from "../export/request.ts";
import { createExport } from "../export/run.ts";
import { measure } from "../measure/measure.ts";
import type { Config } from "../settings/config.ts";
import {
  type ExportFormat,
  exportFormats,
  type ExportTarget,
  nameOfTarget,
  targetOf,
  urlExpected,
} from "../settings/exports.ts";
import { choiceOf } from "../state/opening.ts";
import { countWaiting } from "../state/outbox.ts";
import { consultFile, findStateFile, openForNoting, withPast } from "../state/reading.ts";
import { complain, type World } from "../world.ts";

/** Measures now, and hands the numbers to an engine. Leaves no trace in what the reports compare with. */
export async function exportNumbers(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const asked = readFlags(flags, config);
  if (asked.kind === "misuse") {
    complain(world, [asked.problem]);
    return exitCodes.usage;
  }
  if (asked.kind === "text") {
    world.output.out(await asked.text());
    return exitCodes.ok;
  }
  const { machine, output, version } = world;
  const measurement = await withPast(world, flags, (past) =>
    measure(machine, config, past, { everything: false, doing: output.doing }),
  );
  const file = await findStateFile(await choiceOf(world, flags));
  const waiting = consultFile(file, machine.clock.now(), (database) => countWaiting(database, "all"));
  const { run, exporter } = await createExport(measurement, machine.host, waiting, version);
  if (asked.target === null) {
    output.out(exportRenderers[asked.format](run, exporter));
    return exitCodes.ok;
  }
  const { clock } = machine;
  const { target } = asked;
  const memory = memoryOf(file, clock.now(), target);
  const state = await sendExport(target, run, exporter, memory, exportDeps(world, clock));
  if (state.reason === null) return exitCodes.ok;
  // Under cron each line becomes a mail.
  if (output.isTerminal || isNews(state, clock.now())) {
    complain(world, [`export to ${nameOfTarget(target)}: ${state.reason}`]);
    memory.remember({ ...state, saidMs: clock.now() });
  }
  return exitCodes.notDelivered;
}

type Asked =
  | { readonly kind: "numbers"; readonly format: ExportFormat; readonly target: ExportTarget | null }
  /** Prints what the other side needs instead of numbers. */
  | { readonly kind: "text"; readonly text: () => Promise<string> }
  | { readonly kind: "misuse"; readonly problem: string };

function readFlags(flags: Flags, config: Pick<Config, "exports">): Asked {
  const { rules, dashboard, ...others } = flags;
  if (rules === undefined && dashboard === undefined) return readNumberFlags(others, config);
  const { format, file, url, sample } = others;
  const both = rules !== undefined && dashboard !== undefined;
  if (both || [format, file, url, sample].some((one) => one !== undefined))
    return { kind: "misuse", problem: "--rules and --dashboard: expected one of them, and no other option of export" };
  if (rules !== undefined)
    return { kind: "text", text: async () => (await import("../export/alertRules.ts")).alertRules };
  return { kind: "text", text: async () => (await import("../export/dashboard.ts")).dashboard() };
}

function readNumberFlags(
  { format: typed = "prometheus", file, url }: Flags,
  { exports }: Pick<Config, "exports">,
): Asked {
  const format = exportFormats.find((one) => one === typed);
  if (format === undefined) {
    return {
      kind: "misuse",
      problem: `--format: expected ${exportFormats.join(" or ")}, got ${JSON.stringify(typed)}`,
    };
  }
  if (file !== undefined && url !== undefined)
    return { kind: "misuse", problem: "--file and --url: expected one of them" };
  if (file !== undefined)
    return { kind: "numbers", format, target: { format, way: "file", address: file, headers: {} } };
  if (url === undefined) return { kind: "numbers", format, target: null };
  const known = exports.find((one) => one.address === url && one.format === format);
  const target = known ?? targetOf(format, url, {});
  return target === null
    ? { kind: "misuse", problem: `--url: expected ${urlExpected[format]}` }
    : { kind: "numbers", format, target };
}

/** The remembered progress of a target. Opens the state briefly and without its lock, so that no report waits. */
function memoryOf(file: string | null, nowMs: number, target: ExportTarget): ExportMemory {
  return {
    state: consultFile(file, nowMs, (database) => exportState(database, target)) ?? newExport,
    runsBetween: (...span) => consultFile(file, nowMs, (database) => runsBetween(database, ...span)) ?? [],
    remember: (state) => {
      const database = openForNoting(file);
      if (database !== null) setExport(database, target, state);
      database?.close();
    },
  };
}
