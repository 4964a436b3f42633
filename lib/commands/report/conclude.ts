import type { FlushResult } from "../../deliver/flushed.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { endTrouble, noteFailure } from "../../state/failure.ts";
import { mayComplain } from "../../state/keyValue.ts";
import type { State } from "../../state/state.ts";
import { numbers as en } from "../../words/en/numbers.ts";
import { complain, type World } from "../../world.ts";

/**
 * The end of a run: what to say, and what to exit with. To a terminal always; otherwise nothing of a success, and of a
 * failure only its beginning and a line a day, because cron sends every line as a mail.
 */
export function conclude(world: World, { database, ephemeral }: State, flushed: FlushResult): ExitCode {
  const { output, machine } = world;
  const problems = problemsOf(ephemeral, flushed);
  if (flushed.fault !== null) {
    complain(world, problems);
    return isDelivered(flushed) ? exitCodes.noState : exitCodes.notDelivered;
  }
  if (problems.length === 0) {
    endTrouble(database);
    if (output.isTerminal) output.out(`${sayPosted(flushed)}\n`);
    return exitCodes.ok;
  }
  if (mayComplain(database, machine.clock.now()) || output.isTerminal) complain(world, problems);
  const code = codeOf(flushed, ephemeral);
  noteFailure(database, machine.clock.now(), code, problems.join("; "));
  return code;
}

/** What a failed run ends with. */
export function codeOf(flushed: FlushResult, ephemeral: State["ephemeral"]): ExitCode {
  if (flushed.webhookGone) return exitCodes.webhookGone;
  if (!isDelivered(flushed)) return exitCodes.notDelivered;
  return ephemeral?.kind === "newer" ? exitCodes.config : exitCodes.noState;
}

/** Whether all that was to be sent has arrived whole. */
export const isDelivered = ({ kept, refused }: FlushResult): boolean => kept === 0 && refused === 0;

/** Posted is what Discord gave an id; it is counted, and not what is left of a queue. */
function sayPosted({ delivered, confirmed }: FlushResult): string {
  if (delivered === 0) return "Nothing to post";
  const posted = confirmed.length === 1 ? "Posted" : `Posted ${en.count.messages(confirmed.length)}`;
  const unsure = delivered - confirmed.length;
  if (unsure === 0) return posted;
  const sent = `${en.count.messages(unsure)} sent, but Discord's answer could not be read`;
  return confirmed.length === 0 ? sent : `${posted}; ${sent}`;
}

/** What went wrong, a line each. */
export function problemsOf(ephemeral: State["ephemeral"], flushed: FlushResult): readonly string[] {
  const { kept, reason, refused, refusal, fault } = flushed;
  const waiting = en.count.messages(kept);
  const lost = ephemeral === null ? `${waiting} kept for the next run` : `${waiting} lost`;
  const why = fault ?? (ephemeral === null || ephemeral.kind === "asked" ? null : ephemeral.reason);
  return [
    ...(kept === 0 ? [] : [`not delivered: ${reason ?? "unknown reason"}; ${lost}`]),
    ...(refused === 0
      ? []
      : [`refused for good: ${refusal ?? "unknown reason"}; ${en.count.messages(refused)}, see server-metrics outbox`]),
    ...(why === null ? [] : [`no state: ${why}`]),
  ];
}
