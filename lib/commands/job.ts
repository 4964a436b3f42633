import { withDeadline } from "../clock.ts";
import { exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import { isJobName } from "../model/job.ts";
import { rememberJob } from "../state/jobs.ts";
import { complain, type Outside } from "../world.ts";

/** A slow disk must not hold up what follows the job. */
const patienceMs = 1000;
const keptLines = 3;
const lineLength = 200;

/**
 * Runs a command and remembers how it went. Reads no settings: a mistake in them must not keep a backup from running.
 * Returns the command's exit status, also when nothing could be written down.
 */
export async function job(
  world: Outside,
  name: string,
  command: readonly string[],
  flag: string | undefined,
): Promise<number> {
  if (!isJobName(name) || command.length === 0) {
    complain(world, ["job needs a name and, behind --, a command: server-metrics job backup -- /root/backup.sh"]);
    return exitCodes.usage;
  }
  const { now } = world.machine.clock;
  const choice = { flag, env: world.env };
  const startedAt = now();
  const running = world.runJob(command);
  const begun = rememberJob(choice, name, { startedAt, endedAt: null, exit: null });
  const { exit, tail } = await running;
  const ended = { startedAt, endedAt: now(), exit };
  const written = begun.then(() => rememberJob(choice, name, ended, lastLines(tail)));
  const problem = await withDeadline(written, patienceMs, "the disk did not answer").catch(String);
  if (problem !== null) complain(world, [`the job ${name} is not remembered: ${problem}`]);
  return exit;
}

/** The last lines that say anything, shortened, without control characters. */
const lastLines = (tail: string) =>
  tail
    .split("\n")
    .map((line) => printable(line).trim())
    .filter((line) => line !== "")
    .slice(-keptLines)
    .map((line) => line.slice(0, lineLength));
