import { Unavailable } from "../metric.ts";

const deadlineMs = 2000;

/**
 * Runs a program and returns what it printed. One that does not end in time is killed and not waited for: it may be
 * stuck in the kernel. Throws `Unavailable` when there is no such program, an error when it fails or is late.
 */
export async function runProgram(program: string, args: readonly string[]): Promise<string> {
  const path = Bun.which(program, { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" });
  if (path === null) throw new Unavailable(`${program} is not there`);
  const child = Bun.spawn([path, ...args], { stdin: "ignore", stdout: "pipe", stderr: "ignore", env: { LC_ALL: "C" } });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, deadlineMs);
  try {
    const text = await child.stdout.text();
    const status = await child.exited;
    if (late) throw new Error(`${program} did not answer within ${deadlineMs / 1000} s`);
    if (status !== 0) throw new Error(`${program} ended with status ${status}`);
    return text;
  } finally {
    clearTimeout(timer);
    child.unref();
  }
}
