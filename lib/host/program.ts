import { withDeadline } from "../clock.ts";
import { Unavailable } from "../model/host.ts";

/** Limits and input of a program. */
export interface ProgramOptions {
  /** The search path: fixed, so that cron finds the same programs as a login shell. */
  readonly searchPath: string;
  readonly deadlineMs: number;
  readonly maxBytes: number;
  /** Its standard input, in the encoding of the output; null for none. */
  readonly input: string | null;
  /** `latin1` keeps each byte as one character. */
  readonly encoding: "utf8" | "latin1";
  /** Variables beside the path and the language. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether an error quotes the program's own words. */
  readonly withErrors: boolean;
  /** Its exit status is a message and no failure. */
  readonly anyStatus: boolean;
}

/** Where programs are looked for. */
export const programPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const defaults: ProgramOptions = {
  searchPath: programPath,
  deadlineMs: 2000,
  maxBytes: 4 * 1024 * 1024,
  input: null,
  encoding: "utf8",
  env: {},
  withErrors: false,
  anyStatus: false,
};

/** How a program ended, and what it printed. */
export interface Ended {
  /** Null: by a signal. */
  readonly status: number | null;
  readonly text: string;
  readonly errors: string;
}

/**
 * Runs a program and returns what it printed. Throws `Unavailable` when there is no such program, an error when it fails,
 * prints without end or is late.
 */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: Partial<ProgramOptions> = {},
): Promise<string> {
  const { text, errors, status } = await runToEnd(program, args, options);
  if (status !== 0 && options.anyStatus !== true) throw new Error(sayFailure(program, status, errors));
  return text;
}

/**
 * The same, whatever its status is. It has no environment to speak of and no terminal. What it started is killed when it
 * has ended; one that does not end in time is killed with all that it started, and not waited for: it may be stuck in the
 * kernel.
 */
export async function runToEnd(
  program: string,
  args: readonly string[],
  options: Partial<ProgramOptions> = {},
): Promise<Ended> {
  const { searchPath, deadlineMs, maxBytes, input, encoding, env, withErrors } = { ...defaults, ...options };
  const path = Bun.which(program, { PATH: searchPath });
  if (path === null) throw new Unavailable(`${program} is not there`);
  const child = Bun.spawn([path, ...args], {
    stdin: input === null ? "ignore" : Buffer.from(input, encoding),
    stdout: "pipe",
    stderr: withErrors ? "pipe" : "ignore",
    cwd: "/",
    env: { ...env, PATH: searchPath, LC_ALL: "C" },
    // A process group of its own, so that it can be killed as a whole.
    detached: true,
  });
  if (running.size === 0) process.once("exit", killRunning);
  running.add(child.pid);
  const finish = async () => {
    const reading = Promise.all([
      readCapped(child.stdout, maxBytes, encoding),
      child.stderr === undefined ? "" : readCapped(child.stderr, maxBytes),
    ]);
    await Promise.race([child.exited, reading]);
    const status = await child.exited;
    // What it left behind would keep the pipes open.
    killGroup(child.pid);
    const [text, errors] = await reading;
    return { status: child.signalCode === null ? status : null, text, errors };
  };
  try {
    return await withDeadline(finish(), deadlineMs, `${program} did not end`);
  } finally {
    killGroup(child.pid);
    child.unref();
    running.delete(child.pid);
    if (running.size === 0) process.off("exit", killRunning);
  }
}

/** Programs whose time is not over. On a machine that is too busy to start one in time this run can end before. */
const running = new Set<number>();

function killRunning(): void {
  for (const leader of running) killGroup(leader);
}

/** In one line, whatever the program made of it. */
function sayFailure(program: string, status: number | null, errors: string): string {
  const words = errors.trim().replace(/\s*\n\s*/g, "; ");
  return `${program} ${status === null ? "was killed" : `ended with status ${status}`}${words === "" ? "" : `: ${words.slice(0, 400)}`}`;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It ended by itself in between.
  }
}

/** Thrown for an output that is longer than anybody wants to read. */
export class TooMuch extends Error {}

/** The text of a stream that is not trusted to end: throws, and cancels it, once it is longer than `maxBytes`. */
export async function readCapped(
  stream: ReadableStream<Uint8Array>,
  maxBytes: number,
  encoding: "utf8" | "latin1" = "utf8",
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new TooMuch(`more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString(encoding);
}
