import type { FlushResult } from "../../deliver/outbox.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { endComplaint, mayComplain } from "../../state/keyValue.ts";
import type { State } from "../../state/state.ts";
import { en } from "../../words/en.ts";
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
    return flushed.kept > 0 ? exitCodes.notDelivered : exitCodes.noState;
  }
  if (problems.length === 0) {
    endComplaint(database);
    if (output.isTerminal) output.out(`Posted${flushed.delivered > 1 ? ` ${flushed.delivered} messages` : ""}\n`);
    return exitCodes.ok;
  }
  if (mayComplain(database, machine.clock.now()) || output.isTerminal) complain(world, problems);
  if (flushed.webhookGone) return exitCodes.webhookGone;
  if (flushed.kept > 0) return exitCodes.notDelivered;
  return ephemeral?.kind === "newer" ? exitCodes.config : exitCodes.noState;
}

function problemsOf(ephemeral: State["ephemeral"], { kept, reason, fault }: FlushResult): readonly string[] {
  const waiting = en.count.messages(kept);
  const lost = ephemeral === null ? `${waiting} kept for the next run` : `${waiting} lost`;
  const problems = kept === 0 ? [] : [`not delivered: ${reason ?? "unknown reason"}; ${lost}`];
  const why = fault ?? (ephemeral === null || ephemeral.kind === "asked" ? null : ephemeral.reason);
  return why === null ? problems : [...problems, `no state: ${why}`];
}
