import { writeSync } from "node:fs";

import * as v from "valibot";

import { withDeadline } from "../../clock.ts";
import { errorCode } from "../../errors.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { FileSystemUsage } from "../../model/host.ts";
import { type AskStatfs, callStatfs } from "../statfs.ts";
import { helperArguments, self } from "./self.ts";

const deadlineMs = 2000;

/** Above the asker's deadline: a helper whose asker was killed ends by itself. */
const helperDeadlineMs = 5000;

/** As many file systems may hang before the helper answers for none any more; each takes a thread of its own. */
const helperThreads = 64;

const Answer = v.object({
  mountPoint: v.string(),
  /** The code of an error, `EACCES`, in place of a usage. */
  error: v.optional(v.string()),
  usage: v.optional(FileSystemUsage),
});
type Answer = v.InferOutput<typeof Answer>;

/**
 * What a helper does: reads a JSON list of mount points (one character a byte) from its input, asks for all of them at
 * once and writes a line for each answer as it comes.
 */
export async function answerStatfs(): Promise<ExitCode> {
  setTimeout(() => process.exit(), helperDeadlineMs).unref();
  const mountPoints = v.parse(v.array(v.string()), await Bun.stdin.json());
  await Promise.all(
    mountPoints.map(async (mountPoint) => {
      const answer = await callStatfs(Buffer.from(mountPoint, "latin1")).then(
        (usage): Answer => ({ mountPoint, usage }),
        (error: unknown): Answer => ({ mountPoint, error: errorCode(error) || "failed" }),
      );
      writeSync(1, `${JSON.stringify(answer)}\n`);
    }),
  );
  return exitCodes.ok;
}

type Questions = Map<string, PromiseWithResolvers<FileSystemUsage>>;

/**
 * Makes an asker for file systems that may hang, a network's or a program's (FUSE). All questions of one moment go to
 * one helper process. Once they are answered, or after 2 s, it is killed with whatever hangs in it, and not waited for,
 * because it may be stuck in the kernel: what has not answered has then failed with "no answer". An error of statfs(2)
 * has its `code`.
 */
export function createStatfsAsker(command: readonly string[] = self): AskStatfs {
  let waiting: Questions = new Map();
  return async (mountPoint) => {
    if (waiting.size === 0) {
      setImmediate(() => {
        const questions = waiting;
        waiting = new Map();
        void ask(command, questions);
      });
    }
    const question = Promise.withResolvers<FileSystemUsage>();
    waiting.set(mountPoint.toString("latin1"), question);
    return question.promise;
  };
}

async function ask(command: readonly string[], questions: Questions): Promise<void> {
  try {
    const child = startHelper(command, [...questions.keys()]);
    try {
      await withDeadline(receive(child.stdout, questions), deadlineMs, "no answer");
    } finally {
      child.kill("SIGKILL");
      child.unref();
    }
    throw new Error("the helper ended without an answer");
  } catch (error) {
    for (const { reject } of questions.values()) reject(error);
  }
}

function startHelper(command: readonly string[], mountPoints: readonly string[]) {
  try {
    return Bun.spawn([...command, helperArguments.statfs], {
      cwd: "/",
      env: { UV_THREADPOOL_SIZE: String(helperThreads) },
      stdin: Buffer.from(JSON.stringify(mountPoints)),
      stdout: "pipe",
      stderr: "ignore",
    });
  } catch (error) {
    // Its code would be taken for that of statfs(2), and a missing program for a missing mount point.
    throw new Error("the helper could not be started", { cause: error });
  }
}

/** Settles each question as its answer arrives. Throws for anything that is no answer. */
async function receive(output: ReadableStream<Uint8Array>, questions: Questions): Promise<void> {
  let unanswered = questions.size;
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of output) {
    const lines = (text + decoder.decode(chunk, { stream: true })).split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      const { mountPoint, usage, error = "failed" } = v.parse(Answer, JSON.parse(line));
      const question = questions.get(mountPoint);
      if (usage === undefined) question?.reject(Object.assign(new Error(error), { code: error }));
      else question?.resolve(usage);
      unanswered -= 1;
    }
    if (unanswered === 0) return;
  }
}
