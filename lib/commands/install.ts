import type { Flags } from "../cli/parse.ts";
import { errorMessage } from "../errors.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import type { Scope } from "../host/systemd.ts";
import { type Box, removeLine, removeUnits, scopeOf, thisBox } from "../install/box.ts";
import { cronLine, setsWebhook, withLine } from "../install/crontab.ts";
import { findMissingWebhook, findObstacle, type Job, planJob } from "../install/job.ts";
import { parseSchedule } from "../install/schedule.ts";
import { serviceName, serviceUnit, timerName, timerUnit } from "../install/units.ts";
import type { Config } from "../settings/config.ts";
import { complain, type World } from "../world.ts";

/** The program gives up by itself a minute and the splay after its start; by then it does not hear itself any more. */
const hardStopSeconds = 90;

/** Runs this program by schedule from now on, by the crontab or by systemd, and no more by the other. */
export async function install(world: World, config: Config, flags: Flags, box: Box = thisBox): Promise<ExitCode> {
  const refuse = (problem: string, code: ExitCode): ExitCode => {
    complain(world, [printable(problem)]);
    return code;
  };
  if ((flags.cron === undefined) === (flags.systemd === undefined)) {
    return refuse('choose one: install --cron "*/30 * * * *", or install --systemd', exitCodes.usage);
  }
  const schedule = flags.cron === undefined ? null : parseSchedule(flags.cron);
  if (schedule?.ok === false) return refuse(`--cron: ${schedule.problem}`, exitCodes.usage);
  const job = planJob(world, config, flags);
  const obstacle = findObstacle(job, box.executable);
  if (obstacle !== null) return refuse(obstacle, exitCodes.notInstalled);
  const order: Order = { world, config, box, job, isOnlyShown: flags.print !== undefined };
  try {
    const problem = schedule === null ? await toSystemd(order) : await toCrontab(order, schedule.value);
    return problem === null ? exitCodes.ok : refuse(problem, exitCodes.config);
  } catch (error) {
    return refuse(errorMessage(error), exitCodes.notInstalled);
  }
}

interface Order {
  readonly world: World;
  readonly config: Config;
  readonly box: Box;
  readonly job: Job;
  readonly isOnlyShown: boolean;
}

/** Returns a problem of the settings, or null when it is done. */
async function toCrontab({ world, config, box, job, isOnlyShown }: Order, times: string): Promise<string | null> {
  const line = cronLine({
    times,
    words: [...job.words, `--splay=${job.splaySeconds}`],
    timeoutFile: await box.crontab.findTimeout(),
    timeoutSeconds: hardStopSeconds + job.splaySeconds,
  });
  const before = isOnlyShown ? "" : await box.crontab.read();
  const missing = setsWebhook(before) ? null : findMissingWebhook(world, config, "cron");
  if (missing !== null) return missing;
  // One character a byte, as the crontab itself.
  const after = withLine(before, Buffer.from(line).toString("latin1"));
  if (!isOnlyShown && after !== before) await box.crontab.write(after);
  const left = isOnlyShown ? [] : await removeUnits(openUnits(world, box));
  world.output.out(`${isOnlyShown ? "" : `${sayDone(after !== before, left)}, in your crontab:\n`}${line}\n`);
  return null;
}

/** Returns a problem of the settings, or null when it is done. */
async function toSystemd({ world, config, box, job, isOnlyShown }: Order): Promise<string | null> {
  const scope = scopeOf(box);
  const files = { ...job, scope, words: [...job.words, "--splay=0"] };
  const units = [
    [serviceName, serviceUnit(files)],
    [timerName, timerUnit(files)],
  ] as const;
  const systemd = openUnits(world, box);
  // Check that systemd or cron answers before writing anything.
  if (!isOnlyShown) await systemd.probe();
  const missing = findMissingWebhook(world, config, "systemd");
  if (missing !== null) return missing;
  if (isOnlyShown) {
    world.output.out(units.map(([name, text]) => `# ${systemd.directory}/${name}\n${text}`).join("\n"));
    return null;
  }
  const changed = units.filter(([name, text]) => systemd.read(name) !== text);
  for (const [name, text] of changed) systemd.write(name, text);
  if (changed.length > 0) await systemd.control("daemon-reload");
  await systemd.control("enable", timerName);
  await systemd.control(changed.length > 0 ? "restart" : "start", timerName);
  const left = await removeLine(box.crontab);
  const paths = units.map(([name]) => `${systemd.directory}/${name}\n`);
  world.output.out(`${sayDone(changed.length > 0, left)}:\n${paths.join("")}${hints[scope]}\n`);
  return null;
}

const hints: Readonly<Record<Scope, string>> = {
  system: "A card now: systemctl start server-metrics",
  user: "It runs while you are logged in; `loginctl enable-linger` makes it run always.",
};

const openUnits = (world: World, box: Box) => box.openSystemd(scopeOf(box), world.env);

function sayDone(isChanged: boolean, left: readonly string[]): string {
  const removed = left.length === 0 ? "" : `removed ${left.join(", ")}; `;
  return `${removed}${isChanged ? "installed" : "installed already"}`;
}

/** Removes this user's schedule from the crontab and systemd. The state stays. */
export async function uninstall(world: World, box: Box = thisBox): Promise<ExitCode> {
  const systemd = box.openSystemd(scopeOf(box), world.env);
  try {
    const removed = [...(await removeLine(box.crontab)), ...(await removeUnits(systemd))];
    world.output.out(removed.length === 0 ? "nothing is installed\n" : `removed ${removed.join(", ")}\n`);
    return exitCodes.ok;
  } catch (error) {
    complain(world, [printable(errorMessage(error))]);
    return exitCodes.notInstalled;
  }
}
