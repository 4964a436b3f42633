import { withDeadline } from "../deadline.ts";
import { Unavailable } from "../metric.ts";
import { readCapped } from "./readCapped.ts";

/** What a program may take. */
export interface ProgramLimits {
  /** Where it is looked for; ours and not the caller's, so that cron finds what a login shell finds. */
  readonly searchPath: string;
  readonly deadlineMs: number;
  readonly maxBytes: number;
}

const defaults: ProgramLimits = {
  searchPath: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  deadlineMs: 2000,
  maxBytes: 4 * 1024 * 1024,
};

/**
 * Runs a program and returns what it printed. It has no input, no environment to speak of and no terminal. One that does
 * not end in time is killed with all that it started, and not waited for: it may be stuck in the kernel. Throws
 * `Unavailable` when there is no such program, an error when it fails, prints without end or is late.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  limits: Partial<ProgramLimits> = {},
): Promise<string> {
  const { searchPath, deadlineMs, maxBytes } = { ...defaults, ...limits };
  const path = Bun.which(program, { PATH: searchPath });
  if (path === null) throw new Unavailable(`${program} is not there`);
  const child = Bun.spawn([path, ...args], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    cwd: "/",
    env: { PATH: searchPath, LC_ALL: "C" },
    // A process group of its own, so that it can be killed as a whole.
    detached: true,
  });
  const finish = async () => {
    const text = await readCapped(child.stdout, maxBytes);
    const status = await child.exited;
    if (status !== 0) throw new Error(`${program} ended with status ${status}`);
    return text;
  };
  try {
    return await withDeadline(finish(), deadlineMs, `${program} did not end`);
  } finally {
    if (child.exitCode === null && child.signalCode === null) killGroup(child.pid);
    child.unref();
  }
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}
