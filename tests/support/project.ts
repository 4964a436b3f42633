import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The top of the work tree. */
export const projectRoot = resolve(import.meta.dir, "../..");

/** What a finished program left behind. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. Of this program's own variables, only those that are given here reach it. */
export async function run(
  command: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(DISCORD_|SERVER_METRICS_|BUN_)/.test(name));
  const child = Bun.spawn([...command], {
    cwd: options.cwd ?? projectRoot,
    env: { ...Object.fromEntries(inherited), ...options.env },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { status: child.exitCode, stdout, stderr };
}

/** A directory that is gone when the scope ends. */
export function temporaryDirectory(): { readonly path: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(join(tmpdir(), "server-metrics-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** `test.skipIf(lacks("strace"))`: the test is skipped, by name, where the program is not installed. */
export function lacks(program: string): boolean {
  return Bun.which(program) === null;
}
