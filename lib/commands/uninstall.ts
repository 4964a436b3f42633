import { errorMessage } from "../error.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import { type Box, scopeOf, thisBox } from "../install/box.ts";
import { removeLine, removeUnits } from "../install/remove.ts";
import { complain, type World } from "../world.ts";

/** Takes back what `install` has done for this user, in the crontab and in systemd. What is remembered stays. */
export async function uninstall(world: World, box: Box = thisBox): Promise<ExitCode> {
  const systemd = box.openSystemd(scopeOf(box), world.env);
  try {
    const removed = [...(await removeLine(box.crontab)), ...(await removeUnits(systemd))];
    world.output.out(removed.length === 0 ? "nothing is installed\n" : `removed ${removed.join(", ")}\n`);
    return exitCodes.ok;
  } catch (error) {
    complain(world, [printable(errorMessage(error))]);
    return exitCodes.notInstalled;
  }
}
