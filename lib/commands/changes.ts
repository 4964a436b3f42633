import { type Flags, rendererFor, type Renderers } from "../cli/parse.ts";
import { dayMs } from "../clock.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { renderChangesJson } from "../render/data.ts";
import { type ChangesShown, renderChanges } from "../render/terminal/changes.ts";
import { textOptions } from "../render/terminal/options.ts";
import type { Config } from "../settings/config.ts";
import { readChanges } from "../state/changes.ts";
import { choiceOf } from "../state/opening.ts";
import { readPast } from "../state/past.ts";
import { consult } from "../state/reading.ts";
import { complain, type World } from "../world.ts";

const usualDays = 7;
const mostDays = 400;

/** Prints what changed on this machine, from the state. Measures and changes nothing. */
export async function changes(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const days = Number(flags.days ?? usualDays);
  if (!(days > 0 && days <= mostDays)) {
    const typed = JSON.stringify(flags.days);
    complain(world, [`--days: expected a number of days above 0, up to ${mostDays}, got ${typed}`]);
    return exitCodes.usage;
  }
  const nowMs = world.machine.clock.now();
  const found = await consult(await choiceOf(world, flags), nowMs, (database) => ({
    changes: readChanges(database, nowMs - days * dayMs),
    host: readPast(database).lastRun?.readings.host,
  }));
  if (found === null) {
    complain(world, ["no changes: nothing is recorded here yet, or it cannot be read; see server-metrics check"]);
    return exitCodes.noState;
  }
  const host = found.host?.status === "ok" ? found.host.value.hostname : null;
  const name = config.name ?? host ?? world.words.report.unnamedMachine;
  world.output.out(rendererFor(renderers, flags)({ name, nowMs, days, changes: found.changes }, world, config));
  return exitCodes.ok;
}

const renderers: Renderers<(shown: ChangesShown, world: World, config: Config) => string> = {
  text: (shown, world, config) => renderChanges(shown, { ...textOptions(world, config, Bun), words: world.words }),
  json: ({ changes: found }, { words }) => renderChangesJson(found, words),
};
