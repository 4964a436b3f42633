import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { sparing } from "../host/sparing.ts";
import type { OpenWindow } from "../measure/collect.ts";
import { measure, type Measurement } from "../measure/measure.ts";
import { textOptions } from "../render/terminal/options.ts";
import { renderText } from "../render/terminal/report.ts";
import { clipTo } from "../render/terminal/wrap.ts";
import type { Config } from "../settings/config.ts";
import { withPast } from "../state/reading.ts";
import type { Picture, Screen } from "../terminal/screen.ts";
import type { WatchWords } from "../words/en/watch.ts";
import { complain, type World } from "../world.ts";

const everyMs = 2000;

/** Shows the report full-screen every 2 s with the rates between two looks, until q. */
export async function watch(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  if (flags.json !== undefined) {
    complain(world, ["--watch is for people and --json for programs: one of them, please"]);
    return exitCodes.usage;
  }
  using screen = await world.openScreen();
  if (screen === null) {
    complain(world, ["--watch needs a terminal"]);
    return exitCodes.usage;
  }
  const forms = await world.words.later.watch();
  screen.draw(() => [forms.measuring]);
  await lookAgainAndAgain(screen, world, config, flags, forms);
  return exitCodes.ok;
}

async function lookAgainAndAgain(
  { draw, left }: Screen,
  world: World,
  config: Config,
  flags: Flags,
  forms: WatchWords,
): Promise<void> {
  const { clock } = world.machine;
  const machine = { clock, host: sparing(world.machine.host, clock) };
  let opened: OpenWindow | null = null;
  while (!left.aborted) {
    // The overall deadline is for one look; watching may go on.
    world.allowMs(0);
    const seen: Measurement | null = await unlessLeft(look({ ...world, machine }, config, flags, opened), left);
    if (seen === null) return;
    opened = { readings: seen.snapshot.readings, atMs: clock.monotonicMs() };
    draw(pictureOf(seen, world, config, forms));
    await clock.sleep(everyMs, left).catch(() => undefined);
  }
}

function look(world: World, config: Config, flags: Flags, opened: OpenWindow | null): Promise<Measurement> {
  return withPast(world, flags, (past) => {
    // Watching shows current rates, not the average since the last card.
    const known = opened === null ? past : { ...past, lastCard: null };
    return measure(world.machine, config, known, { everything: true, opened });
  });
}

/** The lines that fit, problems and core first, and the key to quit. */
function pictureOf({ report }: Measurement, world: World, config: Config, forms: WatchWords): Picture {
  const told = report(world.words, []);
  const options = textOptions(world, config, Bun);
  return (columns, rows) => {
    const lines = renderText(told, { ...options, columns })
      .trimEnd()
      .split("\n");
    const room = Math.max(1, rows - 1);
    const padding = Array.from({ length: Math.max(0, room - lines.length) }, () => "");
    const hidden = Math.max(0, lines.length - room);
    const more = hidden === 0 ? "" : ` · ${forms.hidden(hidden)}`;
    const hint = clipTo(`${forms.quit}${more}`, columns, options.ruler);
    return [...lines.slice(0, room), ...padding, options.colour ? `\u001B[90m${hint}\u001B[0m` : hint];
  };
}

/** The awaited value; null when the user quits first. */
async function unlessLeft<T>(work: Promise<T>, left: AbortSignal): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  const leave = () => resolve(null);
  left.addEventListener("abort", leave);
  try {
    return await Promise.race([work, promise]);
  } finally {
    // Or each look would stay in memory until the last one.
    left.removeEventListener("abort", leave);
  }
}
