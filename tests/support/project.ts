import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** The top of the work tree. */
export const projectRoot = resolve(import.meta.dir, "../..");

/** Where the captured machines are. */
export const machinesDirectory = join(projectRoot, "tests/machines");

/** Whether something that was built is newer than all that it is built from. */
export function isFresh(built: string): boolean {
  const below = readdirSync(join(projectRoot, "lib"), { recursive: true, encoding: "utf8" });
  const sources = ["index.ts", "build.sh", "package.json", ...below.map((name) => join("lib", name))];
  return sources.every((name) => timeOf(join(projectRoot, name)) <= timeOf(built));
}

const timeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

/** What a finished program left behind. */
export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is started and, if wanted, stopped. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Sends this signal once the promise settles. */
  readonly stop?: { readonly signal: "SIGTERM" | "SIGINT" | "SIGHUP"; readonly when: Promise<unknown> };
  /** An open file that it has as well, as number 3. */
  readonly file?: number;
}

/** Runs a program to its end. Of this program's own variables, only those that are given here reach it. */
export async function run(command: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(DISCORD_|SERVER_METRICS_|BUN_)/.test(name));
  const child = Bun.spawn([...command], {
    cwd: options.cwd ?? projectRoot,
    env: { ...Object.fromEntries(inherited), ...options.env },
    stdio: ["ignore", "pipe", "pipe", ...(options.file === undefined ? [] : [options.file])],
  });
  const { stop } = options;
  void stop?.when.then(() => child.kill(stop.signal));
  const [stdout, stderr] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { status: child.exitCode, stdout, stderr };
}

/** How the paths of the tests' directories begin. */
export const temporaryPrefix = join(tmpdir(), "server-metrics-");

/** A directory that is gone when the scope ends. */
export function temporaryDirectory(): { readonly path: string; readonly [Symbol.dispose]: () => void } {
  const path = mkdtempSync(temporaryPrefix);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** A word for a shell: a clone may lie in a path with blanks and quotes. */
export const quoted = (word: string): string => `'${word.replaceAll("'", `'\\''`)}'`;

/** Whether a program is not installed. */
export function lacks(program: string): boolean {
  return Bun.which(program) === null;
}
