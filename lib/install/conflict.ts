import type { Flags } from "../cli/parse.ts";
import { findWebhook, type WebhookSettings } from "../settings/webhook.ts";
import { rivalOf } from "../state/installations.ts";
import { choiceOf, installationOf } from "../state/opening.ts";
import { consult } from "../state/reading.ts";
import type { World } from "../world.ts";
import type { Job } from "./job.ts";
import type { Schedule } from "./schedules.ts";

/** What a new schedule would stand in the way of. */
export interface Conflict {
  readonly schedule: Schedule;
  /** Why both cannot be, and what to do. */
  readonly problem: string;
}

/**
 * The schedules that cannot stay beside a new one. Two installations are told apart by where their state is: with one state
 * they would tell each other's news. One without a state is told apart by its program and settings. There is room for one timer.
 */
export function findConflicts(existing: readonly Schedule[], job: Job, isTimer = false): readonly Conflict[] {
  return existing.flatMap((schedule) => {
    const { flags, program, place, line, kind } = schedule;
    const { config, stateDir } = job.flags;
    const isSame = program === job.words[0] && flags.config === config;
    const isInPlace = isTimer && kind === "timer";
    const sharesState = flags.stateDir === stateDir && (stateDir !== "none" || isSame);
    if (!sharesState && !isInPlace) return [];
    const there = `${place} has: ${line}`;
    const problem =
      isSame || isInPlace
        ? `${there}; --replace puts this one in its place`
        : `${there}; it keeps its state in the same place: give this one a --state-dir of its own, or --replace the other`;
    return [{ schedule, problem }];
  });
}

/** Why an installation cannot share a state with one that posts elsewhere; null where none does. */
export async function findRival(world: World, flags: Flags, settings: WebhookSettings): Promise<string | null> {
  const found = findWebhook(world.env, world.baked, settings);
  if (!found.ok) return null;
  const own = installationOf(world, flags, found.value);
  const nowMs = world.machine.clock.now();
  const rival = await consult(await choiceOf(world, flags), nowMs, (database) => rivalOf(database, own, nowMs));
  if (rival === null) return null;
  const other = rival === "" ? "an installation without a settings file" : `the installation of ${rival}`;
  return `${other} posts to another webhook with the same state: name another directory with --state-dir`;
}
