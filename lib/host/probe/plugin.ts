import { withDeadline } from "../../clock.ts";
import { Unavailable } from "../../model/host.ts";
import type { ProbeAnswer, ProbeProblem } from "../../model/probe.ts";
import { executable } from "../executable.ts";
import { runToEnd, TooMuch } from "../program.ts";
import { isUnsafeCommand } from "./unsafe.ts";

const maxBytes = 64 * 1024;

/** Runs a program of the owner's, without a shell. Root runs none that others may change, nor a script of that kind. */
export async function askProgram(
  command: readonly string[],
  deadlineMs: number,
  { isRoot, isOthers }: Pick<typeof executable, "isOthers" | "isRoot"> = executable,
): Promise<ProbeAnswer> {
  const nothing = (problem: ProbeProblem): ProbeAnswer => ({ kind: "nothing", problem });
  const [program = "", ...args] = command;
  // In the background: the disk that it lies on may hang.
  const looking = isUnsafeCommand(command, isOthers);
  const isUnsafe = await withDeadline(looking, deadlineMs, "no answer").catch(() => null);
  if (isUnsafe === null) return nothing({ code: "absent" });
  if (isRoot && isUnsafe) return nothing({ code: "unsafe" });
  const startedMs = performance.now();
  try {
    const { status, text, errors } = await runToEnd(program, args, { deadlineMs, maxBytes, withErrors: true });
    return { kind: "program", status, output: text, errors };
  } catch (error) {
    if (error instanceof TooMuch) return nothing({ code: "tooMuch", bytes: maxBytes });
    if (performance.now() - startedMs >= deadlineMs - 1) return nothing({ code: "late", seconds: deadlineMs / 1000 });
    // Not executable, or of another architecture.
    if (error instanceof Unavailable) return nothing({ code: "absent" });
    throw error;
  }
}
