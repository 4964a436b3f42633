import { access } from "node:fs/promises";

import { withDeadline } from "../../clock.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { reading } from "../machine.ts";
import { helperArguments, self } from "./self.ts";
import type { Call } from "./systeminformation.ts";

/** Above the asker's deadline: a helper whose asker was killed ends by itself. */
const helperDeadlineMs = 5000;

/** Runs as the helper: answers one call on stdout. */
export async function answerSysteminformation(call: string): Promise<ExitCode> {
  setTimeout(() => {
    killGroup(process.pid);
    process.exit();
  }, helperDeadlineMs).unref();
  const { answerCall } = await import("./systeminformation.ts");
  await Bun.write(Bun.stdout, await answerCall(call));
  return exitCodes.ok;
}

/** Without these the package's shell commands do nothing, and its answers are made of defaults. */
const needed = ["/bin/sh", "/dev/null"];

/** Another command for tests. */
export interface AskOptions {
  /** The helper; this program by default. */
  readonly command?: readonly string[];
  readonly deadlineMs?: number;
}

/**
 * Asks systeminformation in a process of its own and returns its answer as JSON. Some of its calls wait synchronously
 * for the shells that they start, so that no timer of the same process could stop them. Once the deadline is over the
 * helper and everything that it started are killed and not waited for. Throws `Unavailable` where there is no
 * shell, an error when the helper fails or is late.
 */
export async function askSysteminformation(call: Call, options: AskOptions = {}): Promise<string> {
  const { command = self, deadlineMs = 2500 } = options;
  await Promise.all(needed.map((path) => reading(path, () => access(path))));
  // Detached: a process group of its own, which can be killed as one. The environment may hold the webhook: not passed.
  const child = Bun.spawn([...command, helperArguments.systeminformation, call], {
    detached: true,
    cwd: "/",
    stdin: "ignore",
    stdout: "pipe",
    stderr: "ignore",
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
  });
  try {
    return await withDeadline(answerOf(child), deadlineMs, "systeminformation did not answer");
  } catch (error) {
    killGroup(child.pid);
    throw error;
  } finally {
    child.unref();
  }
}

async function answerOf(child: Bun.Subprocess<"ignore", "pipe", "ignore">): Promise<string> {
  const answer = await child.stdout.text();
  const status = await child.exited;
  if (status !== 0) throw new Error(`systeminformation ended with status ${status}`);
  return answer;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // The process is gone already.
  }
}
