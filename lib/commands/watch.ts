import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { sparing } from "../host/sparing.ts";
import type { OpenWindow } from "../measure/collect.ts";
import { measure, type Measurement } from "../measure/measure.ts";
import { textOptions } from "../render/terminal/options.ts";
import { asText, paint } from "../render/terminal/frame.ts";
import { fullText } from "../render/terminal/report.ts";
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
  screen.draw(() => ({ lines: [forms.measuring], top: 0 }));
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

/** The head, as many of the other lines as fit below it, and how to leave. */
function pictureOf({ report }: Measurement, world: World, config: Config, forms: WatchWords): Picture {
  const told = report(world.words, []);
  const usual = textOptions(world, config, Bun);
  return (columns, rows, wanted) => {
    const options = { ...usual, columns };
    const { head, body } = fullText(told, options);
    const room = Math.max(1, rows - head.length - 1);
    const top = Math.min(wanted, Math.max(0, body.length - room));
    const seen = body.slice(top, top + room);
    const padding = Array.from({ length: room - seen.length }, () => "");
    const hidden = body.length - top - seen.length;
    const hint = [forms.quit, ...(hidden === 0 ? [] : [forms.hidden(hidden)])].join(" · ");
    const lines = [...head, ...seen, ...padding].slice(0, rows - 1);
    const last = paint("dim", clipTo(hint, columns, Bun), options);
    return {
      lines: asText([...lines, last], options)
        .split("\n")
        .slice(0, -1),
      top,
    };
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
