import type { World } from "../world.ts";
import { type Box, scopeOf, userOf } from "./box.ts";
import { type CrontabText, type Schedule, scheduleOfUnits, schedulesIn } from "./schedules.ts";
import { serviceName, timerName } from "./units.ts";
import { ifThere } from "../model/host.ts";

/** A schedule, and what became of it on this machine. */
export interface SeenSchedule extends Schedule {
  /** Whether something starts what stands there: cron, or an active timer; null when this user cannot see that. */
  readonly isStarted: boolean | null;
  /** What its program says of itself; null when that was not asked. */
  readonly version: string | null;
  /** Whether its program can be started, as far as that was tried. */
  readonly canStart: boolean;
}

/** Every schedule of the report that this user can see: their own, the machine's, and for root that of all users. */
export async function seeSchedules(world: World, box: Box): Promise<readonly SeenSchedule[]> {
  const lines = (await seeCrontabs(world, box)).flatMap(schedulesIn);
  const timers = await seeTimers(world, box);
  const isCronRunning = lines.length === 0 ? null : await seesCron(world);
  const all = [...lines.map((line) => Object.assign({ isStarted: isCronRunning }, line)), ...timers];
  return Promise.all(all.map(async (one) => Object.assign(await askProgram(world, one), one)));
}

/** Every crontab that this user can see: their own, the machine's, and for root that of all users. */
export const seeCrontabs = async (world: World, box: Box): Promise<readonly CrontabText[]> => [
  await ownCrontab(world, box),
  ...(await machineCrontabs(world)),
  ...(await othersCrontabs(world, box)),
];

async function ownCrontab({ env }: World, box: Box): Promise<CrontabText> {
  const text = (await ifThere(box.crontab.read()).catch(() => null)) ?? "";
  return {
    place: "your crontab",
    text: Buffer.from(text, "latin1").toString(),
    home: env["HOME"] ?? "",
    user: userOf(env, box),
  };
}

/** Those that name a user in each line. */
async function machineCrontabs({ machine: { host } }: World): Promise<readonly CrontabText[]> {
  const names = await host.list("/etc/cron.d").catch(() => []);
  const files = ["/etc/crontab", ...names.map((name) => `/etc/cron.d/${name}`)];
  const texts = files.map(async (place) => {
    return { place, text: await host.readFile(place).catch(() => ""), home: "", user: null };
  });
  return Promise.all(texts);
}

/** Where Debian's cron, cronie and BusyBox, and SUSE keep the crontabs of all users. */
const spools = ["/var/spool/cron/crontabs", "/var/spool/cron", "/var/spool/cron/tabs"];

async function othersCrontabs({ env, machine: { host } }: World, box: Box): Promise<readonly CrontabText[]> {
  if (!box.executable.isRoot) return [];
  const own = env["LOGNAME"] || env["USER"] || "root";
  const found = spools.map(async (spool) => {
    const users = (await host.list(spool).catch(() => [])).filter((user) => user !== own && user !== "root");
    return Promise.all(
      users.map(async (user) => {
        const text = await host.readFile(`${spool}/${user}`).catch(() => "");
        return { place: `the crontab of ${user}`, text, home: `/home/${user}`, user };
      }),
    );
  });
  return (await Promise.all(found)).flat();
}

async function seeTimers(world: World, box: Box) {
  const scopes = [...new Set(["system", scopeOf(box)] as const)];
  const found = scopes.map(async (scope) => {
    const systemd = box.openSystemd(scope, world.env);
    const [service, timer] = [systemd.read(serviceName), systemd.read(timerName)];
    if (service === null || timer === null) return [];
    const schedule = scheduleOfUnits(
      `${systemd.directory}/${timerName}`,
      service,
      timer,
      scope === "user" ? userOf(world.env, box) : "root",
    );
    if (schedule === null) return [];
    const isStarted = await systemd.control("is-active", "--quiet", timerName).then(
      () => true,
      () => false,
    );
    return [{ ...schedule, isStarted }];
  });
  return (await Promise.all(found)).flat();
}

/** The names of the daemons that read crontabs. */
const cronNames = /^(cron|crond|fcron|dcron|bcron-(start|sched|exec))$/;
const generator = "systemd-crontab-generator";

/** Whether a cron runs here; null where processes of others are hidden. */
export async function seesCron({ machine: { host } }: World): Promise<boolean | null> {
  const pids = (await host.list("/proc").catch(() => [])).filter((name) => /^\d+$/.test(name));
  if (!pids.includes("1")) return null;
  const isCron = async (pid: string) => {
    const name = (await host.readProc(`${pid}/comm`).catch(() => "")).trim();
    if (name !== "busybox") return cronNames.test(name);
    const [, applet = ""] = (await host.readProc(`${pid}/cmdline`).catch(() => "")).split("\0");
    return cronNames.test(applet);
  };
  if ((await Promise.all(pids.map(isCron))).includes(true)) return true;
  // systemd-cron has no daemon: it turns crontabs into timers.
  const generators = ["/usr/lib", "/lib"].map((directory) =>
    host.list(`${directory}/systemd/system-generators`).catch(() => []),
  );
  return (await Promise.all(generators)).flat().includes(generator);
}

/** Started only where it is safe: root must not run what others may change, not even to ask for a version. */
async function askProgram(world: World, { program }: Schedule) {
  const { machine, programFile, version, isUnsafe } = world;
  if (program === null) return { version: null, canStart: true };
  if (program === programFile) return { version, canStart: true };
  if (isUnsafe(program)) return { version: null, canStart: true };
  try {
    const answer = await machine.host.run(program, ["--version"], { deadlineMs: 10_000 });
    return { version: /^server-metrics (\S+)/.exec(answer)?.[1] ?? null, canStart: true };
  } catch {
    return { version: null, canStart: false };
  }
}

/**
 * The schedules that post each card twice: those with one state. Whose state that is tells the directory that the line names,
 * or else the user. Looks without cards do no harm beside them.
 */
export function doubles(schedules: readonly SeenSchedule[]): readonly SeenSchedule[] {
  const posting = schedules.filter(({ problem, flags }) => problem === null && flags.onlyChanges === undefined);
  const groups = Map.groupBy(posting, ({ user, flags: { stateDir, config } }) =>
    stateDir === undefined || stateDir === "none" ? JSON.stringify([user, stateDir, stateDir && config]) : stateDir,
  );
  return [...groups.values()].filter((group) => group.length > 1).flat();
}
