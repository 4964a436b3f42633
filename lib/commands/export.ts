import type { Flags } from "../cli.ts";
import type { Config } from "../config.ts";
import { replaceFile } from "../deliver/replaceFile.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { type Exporter, exportRun, type ExportRun } from "../exported.ts";
import { measure } from "../measure.ts";
import { renderOtlp } from "../render/otlp.ts";
import { renderPrometheus } from "../render/prometheus.ts";
import { identify } from "../sources/identity.ts";
import { countWaiting } from "../state/outbox.ts";
import { noPast, readPast } from "../state/past.ts";
import { openForReading } from "../state/reading.ts";
import { complain, type World } from "../world.ts";

const formats = ["prometheus", "otlp-json"] as const;
type ExportFormat = (typeof formats)[number];

/** Measures now, and hands the numbers to an engine. Leaves no trace in what the reports compare with. */
export async function exportNumbers(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const typed = flags.format ?? "prometheus";
  const format = formats.find((one) => one === typed);
  if (format === undefined) {
    complain(world, [`--format: expected ${formats.join(" or ")}, got ${JSON.stringify(typed)}`]);
    return exitCodes.usage;
  }
  const { run, exporter } = await look(world, config, flags);
  const text = render(format, run, exporter);
  if (flags.file === undefined) {
    world.output.out(text);
    return exitCodes.ok;
  }
  const problem = replaceFile(flags.file, text);
  if (problem === null) return exitCodes.ok;
  complain(world, [`not exported: ${problem}`]);
  return exitCodes.notDelivered;
}

function render(format: ExportFormat, run: ExportRun, exporter: Exporter): string {
  switch (format) {
    case "prometheus":
      return renderPrometheus([run], { timestamps: false });
    case "otlp-json":
      return `${JSON.stringify(renderOtlp([run], exporter))}\n`;
  }
}

async function look({ machine, env, output, version }: World, config: Config, flags: Flags) {
  const database = openForReading({ flag: flags.stateDir, env }, machine.clock.now());
  const past = database === null ? noPast : readPast(database);
  const measured = await measure(machine, config, past, { everything: false, doing: output.doing });
  const waiting = database === null ? null : countWaiting(database, "all");
  database?.close();
  const { snapshot, observations, assessment, report } = measured;
  const facts = { takenAtMs: snapshot.takenAtMs, observations, alerts: assessment.alerts, waiting, version };
  const exporter = { name: report([]).name, version, ...(await identify(machine.host)) };
  return { run: exportRun(facts), exporter };
}
