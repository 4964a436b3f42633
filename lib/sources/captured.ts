import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

import type { Clock } from "../clock.ts";
import { type Host, Unavailable } from "../metric.ts";
import { type Machine, reading } from "./machine.ts";

const usage = v.object({
  totalBytes: v.number(),
  freeBytes: v.number(),
  availableBytes: v.number(),
  inodes: v.number(),
  inodesFree: v.number(),
});

/** What of a machine is not a file: when it was captured, and what statfs(2) said of each mount point, or its error. */
const Capture = v.object({
  takenAt: v.pipe(v.string(), v.isoTimestamp()),
  statfs: v.record(v.string(), v.union([usage, v.string()])),
  /** What programs printed, by their name and arguments. */
  run: v.optional(v.record(v.string(), v.string()), {}),
  /** Bodies of HTTP answers, by socket and path. */
  getUnix: v.optional(v.record(v.string(), v.string()), {}),
});

/**
 * A machine that was captured as a directory: `proc/`, `sys/`, `etc/` and so on as they were, `machine.json` for the
 * rest, and `later/` with the files that had changed at the end of the sample window. Its clock does not wait: the window
 * is over at once. For tests of the compiled binary, and to look into a report that somebody else's machine made.
 *
 * Throws when the directory does not hold a capture.
 */
export function openCaptured(directory: string): Machine {
  const capture = v.parse(Capture, JSON.parse(readFileSync(join(directory, "machine.json"), "utf8")));
  const startMs = Date.parse(capture.takenAt);
  let elapsedMs = 0;
  const clock: Clock = {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: async (ms) => {
      elapsedMs += ms;
    },
  };
  const roots = () => (elapsedMs > 0 ? [join(directory, "later"), directory] : [directory]);
  const first = async <T>(path: string, read: (file: string) => Promise<T>): Promise<T> => {
    const [root = directory, ...rest] = roots();
    const attempt = reading(path, () => read(join(root, path)));
    return rest.length === 0 ? attempt : attempt.catch(() => reading(path, () => read(join(directory, path))));
  };
  const host: Host = {
    readProc: (name, encoding = "utf8") => first(`/proc/${name}`, (file) => readFile(file, encoding)),
    readSys: (name) => first(`/sys/${name}`, (file) => readFile(file, "utf8")),
    readFile: (path) => first(path, (file) => readFile(file, "utf8")),
    list: (path) => first(path, (file) => readdir(file)),
    statfs: async (mountPoint) => {
      const answer = capture.statfs[mountPoint.toString("latin1")];
      if (answer === undefined) throw new Unavailable("not captured");
      if (typeof answer === "string") throw new Error(answer);
      return answer;
    },
    run: async (program, args) => captured(capture.run[[program, ...args].join(" ")], program),
    getUnix: async (socket, path) => captured(capture.getUnix[`${socket} ${path}`], socket),
  };
  return { host, clock };
}

function captured(answer: string | undefined, name: string): string {
  if (answer === undefined) throw new Unavailable(`${name} is not there`);
  return answer;
}
