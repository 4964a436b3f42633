import type { Flags } from "../../cli/parse.ts";
import { exitCodes } from "../../exit.ts";
import type { Box } from "../../install/box.ts";
import type { LoadedSettings } from "../../settings/load.ts";
import { choiceOf } from "../../state/opening.ts";
import { readPast } from "../../state/past.ts";
import { consult } from "../../state/reading.ts";
import type { World } from "../../world.ts";
import { hiddenUsers } from "../../metrics/jobs.ts";
import { type Finding, finding } from "../findings.ts";
import { gatherStatus } from "./facts.ts";
import { statusRows } from "./rows.ts";

/** What `check` has looked at by itself, and closer. */
const asked = new Set(["settings", "state", "clock", "export", "webhook"]);

/** The rows of `status` for `check`: before there is a schedule nothing but what runs by hand have left can be wrong. */
export async function runningRows(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  box: Box,
): Promise<readonly Finding[]> {
  const facts = await gatherStatus(world, flags, settings, box);
  const words = await world.words.later.status();
  const rows = statusRows(facts, words).filter(({ what, ok }) => !asked.has(what) && !(what === "refused" && ok));
  if (facts.schedules.length > 0) return rows;
  const left = rows.filter(({ what }) => what === "refused" || what === "heartbeat");
  return [...left, finding("schedule", null, words.schedule.noneYet, exitCodes.ok)];
}

/** What only root sees, or who may ask Docker; and the files of which the last look could not say whether they changed. */
export async function blindSpots(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  { executable: { isRoot } }: Box,
): Promise<readonly Finding[]> {
  const { unseen: words } = await world.words.later.check();
  const users = await hiddenUsers(world.machine.host, settings.ok ? settings.value.jobs.users : []);
  const jobs = users.length === 0 ? [] : [finding("jobs", words.jobs(users), "", exitCodes.config)];
  const past = await consult(await choiceOf(world, flags), world.machine.clock.now(), readPast);
  const looked = past?.lastRun?.readings.changes;
  const closed = looked?.status === "ok" ? looked.value.closed : null;
  const unwatched =
    closed === null || closed.length === 0 ? [] : [finding("changes", null, words.changes(closed), exitCodes.ok)];
  if (isRoot) return [...jobs, ...unwatched];
  const docker = await world.machine.host.getUnix("/var/run/docker.sock", "/_ping").then(
    () => [],
    (error: unknown) => (/EACCES|may not|permission/i.test(String(error)) ? [words.docker] : []),
  );
  const all = [...docker, words.smart, ...(closed === null ? [words.others] : [])];
  return [...jobs, ...unwatched, finding("unseen", null, words.says(all), exitCodes.ok)];
}
