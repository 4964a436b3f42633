import type { Flags } from "../cli/parse.ts";
import { errorMessage, type Result } from "../errors.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import { type Box, ownSchedules, removeLines, removeUnits, scopeOf, thisBox } from "../install/box.ts";
import type { Schedule } from "../install/schedules.ts";
import type { LoadedSettings } from "../settings/load.ts";
import { fileFacts } from "../host/executable.ts";
import { removeOwn } from "../host/removeFile.ts";
import { choiceOf } from "../state/opening.ts";
import { purge, type StateFiles, stateFiles } from "../state/purge.ts";
import { complain, type World } from "../world.ts";

/** Takes back what `install` has done for this program, and says what stays; with `--purge` that goes, too. */
export async function uninstall(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  box: Box = thisBox,
): Promise<ExitCode> {
  try {
    const all = await ownSchedules(world, box);
    const [mine, others] = [
      all.filter((one) => isMine(one, world, flags)),
      all.filter((one) => !isMine(one, world, flags)),
    ];
    const left = await whatIsLeft(world, flags, mine, settings);
    if (flags.purge !== undefined && flags.yes === undefined) {
      world.output.out(wouldRemove(mine, left));
      complain(world, ["nothing was removed: --purge --yes removes all of this"]);
      return exitCodes.notInstalled;
    }
    world.output.out(`${removedText(await removeAll(world, box, mine))}${otherText(others)}`);
    if (flags.purge === undefined) world.output.out(stayText(left));
    else if (!throwAway(world, left)) return exitCodes.notInstalled;
    return exitCodes.ok;
  } catch (error) {
    complain(world, [printable(errorMessage(error))]);
    return exitCodes.notInstalled;
  }
}

/** Of this program, or of one that is gone; of these settings and this state where they are named. */
function isMine({ program, flags: theirs }: Schedule, { programFile }: World, { config, stateDir }: Flags): boolean {
  const isGone = program !== null && fileFacts(program) === null;
  const isProgram = program === null || program === programFile || isGone;
  const isNamed = (wanted: string | undefined, has: string | undefined) => wanted === undefined || wanted === has;
  return isProgram && isNamed(config, theirs.config) && isNamed(stateDir, theirs.stateDir);
}

async function removeAll(world: World, box: Box, mine: readonly Schedule[]): Promise<readonly string[]> {
  const lines = mine.filter(({ kind }) => kind === "cron").map(({ line }) => line);
  const units = mine.some(({ kind }) => kind === "timer");
  const ofSystemd = units ? await removeUnits(box.openSystemd(scopeOf(box), world.env)) : [];
  return [...(await removeLines(box.crontab, lines)), ...ofSystemd];
}

const removedText = (removed: readonly string[]) =>
  removed.length === 0 ? "nothing is installed\n" : `removed ${removed.join(", ")}\n`;

const otherText = (others: readonly Schedule[]) =>
  others
    .map(({ place, line }) => `not removed, because it belongs to another program or settings: ${line} (${place})\n`)
    .join("");

/** What is there beside the schedule. */
interface Left {
  readonly state: StateFiles | null;
  readonly settings: string | null;
  readonly program: string;
}

async function whatIsLeft(
  world: World,
  flags: Flags,
  mine: readonly Schedule[],
  settings: LoadedSettings,
): Promise<Left> {
  const stateDir = flags.stateDir ?? mine.find((one) => one.flags.stateDir !== undefined)?.flags.stateDir;
  const choice = await choiceOf(world, stateDir === undefined ? {} : { stateDir });
  return { state: await stateFiles(choice), settings: settings.file, program: world.programFile };
}

function stayText({ state, settings, program }: Left): string {
  const what = [
    ...(state === null ? [] : [`${state.directory} (history, and what waits to be sent)`]),
    ...(settings === null ? [] : [`${settings} (settings)`]),
  ];
  const purgeText = what.length === 0 ? "" : `; uninstall --purge --yes removes all but the program`;
  return `what stays: ${[...what, `${program} (the program)`].join(", ")}${purgeText}\n`;
}

const wouldRemove = (mine: readonly Schedule[], { state, settings }: Left) =>
  [
    ...mine.map(({ place, line }) => `${place}: ${line}`),
    ...(state?.files ?? []),
    ...(settings === null ? [] : [settings]),
  ]
    .map((what) => `would remove ${what}\n`)
    .join("");

/** Each file is shown before it is removed. False when something could not be. */
function throwAway(world: World, { state, settings, program }: Left): boolean {
  const steps: readonly (readonly [string, () => Result<null>])[] = [
    ...(state === null ? [] : [[state.files.join(", "), () => purge(state, world.machine.clock.now())] as const]),
    ...(settings === null ? [] : [[settings, () => removeOwn(settings)] as const]),
  ];
  const problems = steps.flatMap(([what, remove]) => {
    world.output.out(`removing ${what}\n`);
    const done = remove();
    return done.ok ? [] : [done.problem];
  });
  world.output.out(`what stays: ${program} (the program)\n`);
  if (problems.length > 0) complain(world, problems.map(printable));
  return problems.length === 0;
}
