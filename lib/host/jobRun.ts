import { fstatSync, writeSync } from "node:fs";
import { constants } from "node:os";

import { errorCode } from "../errors.ts";
import { ignores, parseSoftLimit } from "../proc/inherited.ts";
import { readNow } from "./readFile.ts";

/** How a command ended. */
export interface JobEnd {
  /** As a shell says it: 128 + N after signal N, 127 when there is no such program. */
  readonly exit: number;
  /** The end of what it wrote to standard error, or to both outputs where they are one; nothing from a terminal. */
  readonly tail: string;
}

/** What this process has changed since it was started. A job gets it as it was. */
export interface Inherited {
  readonly umask: number;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const forwarded = ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;
type Forwarded = (typeof forwarded)[number];

/**
 * Runs a command as it would run without this program: the same input, outputs, environment, umask and limits, and
 * signals are passed on. Only what it complains of is read on its way, to keep its end.
 */
export async function runJob(command: readonly string[], { umask, env }: Inherited): Promise<JobEnd> {
  const status = told("/proc/self/status");
  const ignored = forwarded.filter((signal) => ignores(status, constants.signals[signal]));
  const isTerminal = process.stderr.isTTY;
  const isOne = !isTerminal && isSameFile();
  const limit = parseSoftLimit(told(`/proc/${process.ppid}/limits`));
  const ours = process.umask(umask);
  const child = Bun.spawn(["/bin/sh", "-c", launch(ignored, isOne), "server-metrics job", limit, ...command], {
    stdin: "inherit",
    stdout: isOne ? "pipe" : "inherit",
    stderr: isTerminal || isOne ? "inherit" : "pipe",
    env,
  });
  process.umask(ours);
  passSignals(child, ignored);
  const stream = child.stdout ?? child.stderr;
  const passing = stream === undefined ? null : passOn(stream, isOne ? 1 : 2);
  await child.exited;
  const tail = passing === null ? "" : await passing.end();
  const { exitCode, signalCode } = child;
  return { exit: signalCode === null ? (exitCode ?? 0) : 128 + numberOf(String(signalCode)), tail };
}

const numberOf = (name: string) => Object.entries(constants.signals).find(([one]) => one === name)?.[1] ?? 0;

/** The runtime raises the limit of open files, and its children ignore nothing: both are set right. */
function launch(ignored: readonly Forwarded[], isOne: boolean): string {
  const traps = ignored.map((signal) => `trap '' ${signal.slice(3)}; `).join("");
  return `${traps}ulimit -S -n "$1" 2>/dev/null; shift; ${isOne ? "exec 2>&1; " : ""}exec "$@"`;
}

function told(file: string): string {
  try {
    return readNow(file, "utf8");
  } catch {
    return "";
  }
}

/** Whether both outputs go to one place, as cron has it. They are read as one, or the order of lines could change. */
function isSameFile(): boolean {
  try {
    const [out, error] = [fstatSync(1), fstatSync(2)];
    return out.dev === error.dev && out.ino === error.ino;
  } catch {
    return false;
  }
}

/** A key pressed in a terminal reaches the child by itself; a signal sent to this process does not. */
function passSignals(child: Bun.Subprocess, ignored: readonly Forwarded[]): void {
  const fromKeys: readonly Forwarded[] = process.stdin.isTTY ? ["SIGINT", "SIGQUIT"] : [];
  for (const signal of forwarded.filter((one) => !ignored.includes(one))) {
    process.on(signal, () => {
      if (!fromKeys.includes(signal)) child.kill(signal);
    });
  }
}

const tailBytes = 4096;

/** How often, each 20 ms, a silent stream is waited for after the command's end: what it left behind may keep it open. */
const graceLooks = 10;

function passOn(stream: ReadableStream<Uint8Array>, descriptor: number) {
  const seen = { tail: Buffer.alloc(0), looksIdle: 0, isDone: false };
  const reading = (async () => {
    for await (const chunk of stream) {
      seen.looksIdle = -Infinity;
      await writeAll(descriptor, chunk);
      seen.looksIdle = 0;
      seen.tail = Buffer.concat([seen.tail, chunk]).subarray(-tailBytes);
    }
    seen.isDone = true;
  })();
  return {
    end: async () => {
      while (!seen.isDone && seen.looksIdle < graceLooks) {
        seen.looksIdle += 1;
        await Promise.race([reading, Bun.sleep(20)]);
      }
      return seen.tail.toString();
    },
  };
}

/** All of it, however slowly it is taken. Throws nothing: a reader that is gone is no reason to stop the job. */
async function writeAll(descriptor: number, chunk: Uint8Array): Promise<void> {
  for (let done = 0; done < chunk.length;) {
    try {
      done += writeSync(descriptor, chunk, done);
    } catch (error) {
      if (errorCode(error) !== "EAGAIN") return;
      await Bun.sleep(5);
    }
  }
}
