import { type Flags, rendererFor, type Renderers } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { measure, type Measurement } from "../measure/measure.ts";
import { renderJson } from "../render/data.ts";
import { textOptions } from "../render/terminal/options.ts";
import { renderAll, renderGlance } from "../render/terminal/report.ts";
import type { Config } from "../settings/config.ts";
import { withPast } from "../state/reading.ts";
import type { World } from "../world.ts";

/** The report in the terminal. Leaves no trace: the next one that is posted still compares with the last posted one. */
export async function show(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const { machine, output } = world;
  const options = { everything: true, doing: output.doing };
  const { report } = await withPast(world, flags, (past) => measure(machine, config, past, options));
  output.out(rendererFor(renderers, flags)(report, world, config));
  return exitCodes.ok;
}

const renderers: Renderers<(report: Measurement["report"], world: World, config: Config) => string> = {
  text: (report, world, config) => renderGlance(report(world.words, []), textOptions(world, config, Bun)),
  all: (report, world, config) => renderAll(report(world.words, []), textOptions(world, config, Bun)),
  json: (report, { version, words }) => renderJson(report(words, []), version),
};
