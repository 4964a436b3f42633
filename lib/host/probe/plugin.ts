import { realpath } from "node:fs/promises";

import { withDeadline } from "../../clock.ts";
import { Unavailable } from "../../model/host.ts";
import type { ProbeAnswer, ProbeProblem } from "../../model/probe.ts";
import { executable } from "../executable.ts";
import { runToEnd, TooMuch } from "../program.ts";

const maxBytes = 64 * 1024;

/** Runs a program of the owner's, without a shell. Root runs none that others may change. */
export async function askProgram(
  [program = "", ...args]: readonly string[],
  deadlineMs: number,
  { isRoot, isOthers }: Pick<typeof executable, "isOthers" | "isRoot"> = executable,
): Promise<ProbeAnswer> {
  const nothing = (problem: ProbeProblem): ProbeAnswer => ({ kind: "nothing", problem });
  // In the background: the disk that it lies on may hang.
  const path = await withDeadline(realpath(program), deadlineMs, "no answer").catch(() => null);
  if (path === null) return nothing({ code: "absent" });
  if (isRoot && (isOthers(program) || isOthers(path))) return nothing({ code: "unsafe" });
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
