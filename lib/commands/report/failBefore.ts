import type { Flags } from "../../cli/parse.ts";
import type { ExitCode } from "../../exit.ts";
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
  const database = openForNoting(await findStateFile(await choiceOf(world, flags)));
  if (database === null) return code;
  noteFailure(database, world.machine.clock.now(), code, problems.join("; "));
  database.close();
  return code;
}
