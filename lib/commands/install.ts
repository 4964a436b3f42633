import type { Flags } from "../cli/parse.ts";
import { errorMessage } from "../errors.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import type { Scope } from "../host/systemd.ts";
import { asBytes, type Box, ownSchedules, removeLines, removeUnits, scopeOf, thisBox } from "../install/box.ts";
import { type Conflict, findConflicts, findRival } from "../install/conflict.ts";
import { cronLine, setsWebhook, withLine } from "../install/crontab.ts";
import { findMissingWebhook, findObstacle, type Job, planJob } from "../install/job.ts";
import { parseSchedule, unevenStep } from "../install/schedule.ts";
import { scheduleOfUnits } from "../install/schedules.ts";
import { seesCron } from "../install/seen.ts";
import { serviceName, serviceUnit, timerName, timerUnit } from "../install/units.ts";
import type { Config } from "../settings/config.ts";
import { remedies } from "../words/commands.ts";
import { status } from "../words/en/status.ts";
import { complain, type World } from "../world.ts";

/** The program gives up by itself a minute and the splay after its start; by then it does not hear itself any more. */
const hardStopSeconds = 90;

type InstallSettings = Pick<Config, "splaySeconds" | "threadId" | "webhook">;

/** Runs this program by schedule from now on, by the crontab or by systemd, and no more by the other. */
export async function install(
  world: World,
  config: InstallSettings,
  flags: Flags,
  box: Box = thisBox,
): Promise<ExitCode> {
  const refuse = (problem: string, code: ExitCode): ExitCode => {
    complain(world, [printable(problem)]);
    return code;
  };
  if (flags.cron !== undefined && flags.systemd !== undefined) {
    return refuse('choose one: install --cron "*/30 * * * *", or install --systemd', exitCodes.usage);
  }
  const isCustomary = flags.cron === undefined;
  const schedule = flags.systemd === undefined ? parseSchedule(flags.cron ?? customaryTimes) : null;
  if (schedule?.ok === false) return refuse(`--cron: ${schedule.problem}`, exitCodes.usage);
  const job = planJob(world, config, isCustomary ? { cardEvery: customaryCards, ...flags } : flags);
  const obstacle = findObstacle(job, box.executable);
  if (obstacle !== null) return refuse(obstacle, exitCodes.notInstalled);
  const rival =
    flags.print === undefined && flags.replace === undefined ? await findRival(world, job.flags, config) : null;
  if (rival !== null) return refuse(`${rival}, or --replace the other`, exitCodes.notInstalled);
  const loggerFile = isCustomary ? box.crontab.findLogger() : null;
  const order: Order = {
    world,
    config,
    box,
    job,
    loggerFile,
    isOnlyShown: flags.print !== undefined,
    mayReplace: flags.replace !== undefined,
  };
  try {
    const refusal = schedule === null ? await toSystemd(order) : await toCrontab(order, schedule.value);
    return refusal === null ? exitCodes.ok : refuse(refusal.problem, refusal.code);
  } catch (error) {
    return refuse(errorMessage(error), exitCodes.notInstalled);
  }
}

/** A problem soon, and a card as often as people like to read one. */
const customaryTimes = "*/5 * * * *";
const customaryCards = "30m";

interface Order {
  readonly world: World;
  readonly config: InstallSettings;
  readonly box: Box;
  readonly job: Job;
  /** Keeps what would be lost otherwise; null for none. */
  readonly loggerFile: string | null;
  readonly isOnlyShown: boolean;
  /** Whether what stands in the way may go. */
  readonly mayReplace: boolean;
}

interface Refusal {
  readonly problem: string;
  readonly code: ExitCode;
}

/** Null when it is done. */
async function toCrontab(order: Order, times: string): Promise<Refusal | null> {
  const { world, config, box, job, loggerFile, isOnlyShown } = order;
  const line = cronLine({
    times,
    words: job.words,
    timeoutFile: await box.crontab.findTimeout(),
    timeoutSeconds: hardStopSeconds + job.splaySeconds,
    loggerFile,
  });
  const before = isOnlyShown ? "" : await box.crontab.read();
  const hasWebhook = setsWebhook(before) && box.crontab.setsVariables();
  const missing = hasWebhook ? null : findMissingWebhook(world, config, "cron");
  if (missing !== null) return { problem: missing, code: exitCodes.config };
  if (isOnlyShown) {
    world.output.out(`${line}\n`);
    return null;
  }
  const all = findConflicts(await ownSchedules(world, box), job);
  const conflicts = all.filter(({ schedule }) => schedule.line !== line);
  if (conflicts.length > 0 && !order.mayReplace) return refusalOf(conflicts);
  const lines = linesOf(conflicts);
  const after = withLine(before, asBytes(line), lines.map(asBytes));
  if (after !== before) {
    await box.crontab.write(after);
    box.installed.note(world.env, world.machine.clock.now());
  }
  const hasTimer = conflicts.some(({ schedule }) => schedule.kind === "timer");
  const left = hasTimer ? await removeUnits(openUnits(world, box)) : [];
  world.output.out(`${sayReplaced(lines)}${sayDone(after !== before, left)}, in your crontab:\n${line}\n`);
  const uneven = unevenStep(times);
  if (uneven !== null) world.output.out(`Mind that ${uneven}.\n`);
  if ((await seesCron(world)) === false) {
    world.output.out(`It will not run: ${status.schedule.noCron}. Start it:\n${remedies.cron}\n`);
  }
  return null;
}

const linesOf = (conflicts: readonly Conflict[]): readonly string[] =>
  conflicts.flatMap(({ schedule: { kind, line } }) => (kind === "cron" ? [line] : []));

function refusalOf(conflicts: readonly Conflict[]): Refusal {
  return { problem: conflicts.map(({ problem }) => problem).join("; "), code: exitCodes.notInstalled };
}

const sayReplaced = (lines: readonly string[]) => lines.map((line) => `replaced: ${line}\n`).join("");

/** Null when it is done. */
async function toSystemd(order: Order): Promise<Refusal | null> {
  const { world, config, box, job, isOnlyShown } = order;
  const scope = scopeOf(box);
  const service = serviceUnit({ ...job, scope, timeoutSeconds: hardStopSeconds + job.splaySeconds });
  const units = [
    [serviceName, service],
    [timerName, timerUnit],
  ] as const;
  const systemd = openUnits(world, box);
  // Check that systemd or cron answers before writing anything.
  if (!isOnlyShown) await systemd.probe();
  const missing = findMissingWebhook(world, config, "systemd");
  if (missing !== null) return { problem: missing, code: exitCodes.config };
  if (isOnlyShown) {
    world.output.out(units.map(([name, text]) => `# ${systemd.directory}/${name}\n${text}`).join("\n"));
    return null;
  }
  const own = scheduleOfUnits(`${systemd.directory}/${timerName}`, service, timerUnit);
  const conflicts = findConflicts(await ownSchedules(world, box), job, true);
  const others = conflicts.filter(({ schedule }) => schedule.line !== own?.line);
  if (others.length > 0 && !order.mayReplace) return refusalOf(others);
  const changed = units.filter(([name, text]) => systemd.read(name) !== text);
  for (const [name, text] of changed) systemd.write(name, text);
  if (changed.length > 0) {
    await systemd.control("daemon-reload");
    box.installed.note(world.env, world.machine.clock.now());
  }
  await systemd.control("enable", timerName);
  await systemd.control(changed.length > 0 ? "restart" : "start", timerName);
  const lines = linesOf(others);
  await removeLines(box.crontab, lines);
  const paths = units.map(([name]) => `${systemd.directory}/${name}\n`);
  world.output.out(`${sayReplaced(lines)}${sayDone(changed.length > 0, [])}:\n${paths.join("")}${hints[scope]}\n`);
  return null;
}

const hints: Readonly<Record<Scope, string>> = {
  system: "To post a card now: systemctl start server-metrics",
  user: "It runs while you are logged in; `loginctl enable-linger` makes it run always.",
};

const openUnits = (world: World, box: Box) => box.openSystemd(scopeOf(box), world.env);

function sayDone(isChanged: boolean, left: readonly string[]): string {
  const removed = left.length === 0 ? "" : `removed ${left.join(", ")}; `;
  return `${removed}${isChanged ? "installed" : "installed already"}`;
}
