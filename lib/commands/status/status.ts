import type { Flags } from "../../cli/parse.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { isoTime } from "../../format.ts";
import { type Box, thisBox } from "../../install/box.ts";
import type { LoadedSettings } from "../../settings/load.ts";
import type { World } from "../../world.ts";
import { machineName, printFindings } from "../findings.ts";
import { nextDue } from "./due.ts";
import { gatherStatus, type StatusFacts } from "./facts.ts";
import { statusRows } from "./rows.ts";

/** Says whether the program runs by itself, and what became of its last runs. Posts nothing, and changes nothing. */
export async function status(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  box: Box = thisBox,
): Promise<ExitCode> {
  const facts = await gatherStatus(world, flags, settings, box);
  const rows = statusRows(facts, await world.words.later.status());
  const name = await machineName(world, facts.settings.ok ? facts.settings.value.name : null);
  const more = forPrograms(facts, world.version);
  printFindings(world, flags, rows, { name, well: world.words.terminal.runs, more });
  return rows.every(({ ok }) => ok) ? exitCodes.ok : exitCodes.notDelivered;
}

const timeOf = (ms: number | null | undefined) => (ms === null || ms === undefined ? null : isoTime(ms));

function forPrograms({ nowMs, schedules, settings, kept }: StatusFacts, version: string): object {
  const { failure = null, lookTimes = [], cardTimes = [] } = kept ?? {};
  return {
    version,
    settings: settings.file,
    schedules: schedules.map(({ place, line, times, program, isStarted, version: theirs }) => {
      return { place, line, times, program, version: theirs, isStarted };
    }),
    lastLook: timeOf(lookTimes.at(-1)),
    lastCard: timeOf(cardTimes.at(-1)),
    nextDue: timeOf(nextDue(schedules, nowMs)),
    lastFailure: failure === null ? null : failureForPrograms(failure),
    waiting: kept?.waiting.length ?? 0,
    refused: kept?.refused.length ?? 0,
    muted: (kept?.muted ?? []).map(({ target, untilMs }) => ({ target, until: timeOf(untilMs) })),
  };
}

function failureForPrograms({
  sinceMs,
  atMs,
  runs,
  reason,
  code,
  isOver,
}: NonNullable<NonNullable<StatusFacts["kept"]>["failure"]>) {
  return { since: isoTime(sinceMs), at: isoTime(atMs), runs, reason, exitCode: code, over: isOver };
}
