import type { Flags } from "../../cli/parse.ts";
import { errorMessage } from "../../errors.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import type { Config } from "../../settings/config.ts";
import { redact, secretsOf } from "../../settings/secrets.ts";
import { noteFailure } from "../../state/failure.ts";
import { choiceOf } from "../../state/opening.ts";
import { findStateFile, openForNoting } from "../../state/reading.ts";
import { complain, type Outside } from "../../world.ts";

/** The end of a report that could not begin. Cron may throw its words away, so `status` has them from the state. */
export async function failBefore(
  world: Outside,
  flags: Flags,
  code: ExitCode,
  problems: readonly string[],
): Promise<ExitCode> {
  complain(world, problems);
  await note(world, flags, code, problems.join("; "));
  return code;
}

/** A run that ended with a bug. The catcher says so. */
export async function noteBug(world: Outside, config: Config, flags: Flags, error: unknown): Promise<void> {
  const name = error instanceof Error ? error.name : typeof error;
  const reason = `bug: ${name}: ${errorMessage(error)}`;
  await note(world, flags, exitCodes.bug, redact(reason, secretsOf(config)));
}

async function note(world: Outside, flags: Flags, code: ExitCode, reason: string): Promise<void> {
  const database = openForNoting(await findStateFile(await choiceOf(world, flags)));
  if (database === null) return;
  noteFailure(database, world.machine.clock.now(), code, reason);
  database.close();
}
