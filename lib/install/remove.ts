import type { Crontab } from "../host/crontab.ts";
import type { Systemd } from "../host/systemd.ts";
import { ifThere } from "../model/metric.ts";
import { withoutLine } from "./crontab.ts";
import { isOurUnit, serviceName, timerName } from "./units.ts";

/** Takes our line out of the crontab. Returns what was removed, in words. Throws an error of `crontab(1)`. */
export async function removeLine(crontab: Crontab): Promise<readonly string[]> {
  const before = (await ifThere(crontab.read())) ?? "";
  const after = withoutLine(before);
  if (after === before) return [];
  await crontab.write(after);
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
