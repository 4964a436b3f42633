import { type Crontab, crontab } from "../host/crontab.ts";
import { type Executable, executable } from "../host/executable.ts";
import { openSystemd, type Scope, type Systemd } from "../host/systemd.ts";
import { ifThere } from "../model/host.ts";
import { withoutLine } from "./crontab.ts";
import { isOurUnit, serviceName, timerName } from "./units.ts";

/** The parts of a machine that a schedule uses. */
export interface Box {
  readonly crontab: Crontab;
  readonly openSystemd: typeof openSystemd;
  readonly executable: Executable;
}

/** The machine that this runs on. */
export const thisBox: Box = { crontab, openSystemd, executable };

/** Whose systemd has the schedule: root's is the machine's own. */
export const scopeOf = ({ executable: { isRoot } }: Box): Scope => (isRoot ? "system" : "user");

/** Takes our line out of the crontab. Returns what was removed, in words. Throws an error of `crontab(1)`. */
export async function removeLine({ read, write }: Crontab): Promise<readonly string[]> {
  const before = (await ifThere(read())) ?? "";
  const after = withoutLine(before);
  if (after === before) return [];
  await write(after);
  return ["the line in your crontab"];
}

/** Stops the timer and takes away our units. Returns what was removed, in words. Throws an error of `systemctl(1)`. */
export async function removeUnits(systemd: Systemd): Promise<readonly string[]> {
  const ours = [timerName, serviceName].filter((name) => isOurUnit(systemd.read(name) ?? ""));
  if (ours.includes(timerName)) await systemd.control("disable", "--now", timerName);
  for (const name of ours) systemd.remove(name);
  if (ours.length > 0) await systemd.control("daemon-reload");
  return ours.map((name) => `${systemd.directory}/${name}`);
}
