import { type Crontab, crontab } from "../host/crontab.ts";
import { type Executable, executable } from "../host/executable.ts";
import { openSystemd, type Scope, type Systemd } from "../host/systemd.ts";
import { ifThere } from "../model/host.ts";
import { openStamp, stampDirectories } from "../state/stamp.ts";
import type { World } from "../world.ts";
import { isOurs, withoutLines } from "./crontab.ts";
import { type Schedule, scheduleOfUnits, schedulesIn } from "./schedules.ts";
import { isOurUnit, serviceName, timerName } from "./units.ts";

/** The parts of a machine that a schedule uses. */
export interface Box {
  readonly crontab: Crontab;
  readonly openSystemd: typeof openSystemd;
  readonly executable: Executable;
  /** When `install` last changed a schedule, milliseconds since the epoch; in memory, so a reboot forgets it. */
  readonly installed: {
    readonly note: (env: World["env"], nowMs: number) => void;
    readonly at: (env: World["env"]) => number | null;
  };
}

/** The machine that this runs on. */
export const thisBox: Box = {
  crontab,
  openSystemd,
  executable,
  installed: {
    note: (env, nowMs) =>
      openStamp(stampDirectories(env), "install").write({ news: {}, cardMs: nowMs, anythingMs: null }, nowMs),
    at: (env) => openStamp(stampDirectories(env), "install").read().cardMs,
  },
};

/** Whose systemd has the schedule: root's is the machine's own. */
export const scopeOf = ({ executable: { isRoot } }: Box): Scope => (isRoot ? "system" : "user");

/** Who asks. */
export const userOf = (env: World["env"], { executable: { isRoot } }: Pick<Box, "executable">): string =>
  isRoot ? "root" : env["LOGNAME"] || env["USER"] || "you";

/** The schedules that `install` wrote for this user. Throws an error of `crontab(1)`, but not for the lack of it. */
export async function ownSchedules({ env }: World, box: Box): Promise<readonly Schedule[]> {
  const text = Buffer.from((await ifThere(box.crontab.read())) ?? "", "latin1").toString();
  const own = { place: "your crontab", text, home: env["HOME"] ?? "", user: userOf(env, box) };
  const systemd = box.openSystemd(scopeOf(box), env);
  const [service, timer] = [systemd.read(serviceName) ?? "", systemd.read(timerName) ?? ""];
  const units = isOurUnit(timer) || isOurUnit(service) ? unitSchedule(systemd, service, timer) : [];
  return [...schedulesIn(own).filter(({ line }) => isOurs(line)), ...units];
}

function unitSchedule({ directory }: Systemd, service: string, timer: string): readonly Schedule[] {
  const schedule = scheduleOfUnits(`${directory}/${timerName}`, service, timer);
  return schedule === null ? [] : [schedule];
}

/** Takes lines out of the crontab. Returns what was removed, in words. Throws an error of `crontab(1)`. */
export async function removeLines({ read, write }: Crontab, lines: readonly string[]): Promise<readonly string[]> {
  if (lines.length === 0) return [];
  const before = (await ifThere(read())) ?? "";
  const after = withoutLines(before, lines.map(asBytes));
  if (after === before) return [];
  await write(after);
  return [lines.length === 1 ? "the line in your crontab" : `${lines.length} lines in your crontab`];
}

/** One character a byte, as the crontab itself. */
export const asBytes = (text: string): string => Buffer.from(text).toString("latin1");

/** Stops the timer and takes away our units. Returns what was removed, in words. Throws an error of `systemctl(1)`. */
export async function removeUnits(systemd: Systemd): Promise<readonly string[]> {
  const ours = [timerName, serviceName].filter((name) => isOurUnit(systemd.read(name) ?? ""));
  if (ours.includes(timerName)) await systemd.control("disable", "--now", timerName);
  for (const name of ours) systemd.remove(name);
  if (ours.length > 0) await systemd.control("daemon-reload");
  return ours.map((name) => `${systemd.directory}/${name}`);
}
