import { readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";

import * as v from "valibot";

import type { Clock } from "../clock.ts";
import { FileSystemUsage, type Host, ifThere, Unavailable } from "../model/host.ts";
import { checkHttp } from "./httpCheck.ts";
import { type Machine, reading } from "./machine.ts";
import { askProbe } from "./probe.ts";
import { readSoon } from "./readFile.ts";
import { readLinks } from "./stamps.ts";
import { checkTcp } from "./tcpCheck.ts";

const failure = v.object({ error: v.string() });
type Failure = v.InferOutput<typeof failure>;
const answers = v.optional(v.record(v.string(), v.union([v.string(), failure])), {});

/** The parts of a machine that are no files. Each is optional and defaults to `base`. */
const Capture = v.strictObject({
  note: v.optional(v.string()),
  base: v.optional(v.string()),
  takenAt: v.optional(v.pipe(v.string(), v.isoTimestamp())),
  missing: v.optional(v.record(v.string(), v.string()), {}),
  statfs: v.optional(v.record(v.string(), v.union([failure, FileSystemUsage])), {}),
  run: answers,
  getUnix: answers,
  inventory: answers,
});
type Capture = v.InferOutput<typeof Capture>;

/** The keys of a `machine.json`, for the table that `npm run docs` writes. */
export const captureKeys = {
  note: "where the machine comes from: captured from what, or constructed after what",
  base: "the directory of another machine, seen from this one; this one's files lie over its files",
  takenAt: "the time of the capture",
  missing: '`{"/proc/pressure": "is not there"}`: what the base has and this machine has not, and why',
  statfs: 'by mount point (one character a byte): the sizes, or `{"error": "words"}`',
  run: 'what a program printed, by `"program argument argument"`, or an error',
  getUnix: 'what a socket answered, by `"/path/of.sock /request"`, or an error',
  inventory: "what `systeminformation` answered, as JSON, by the part's name",
} as const satisfies Record<keyof Capture, string>;

interface Layer extends Capture {
  readonly directory: string;
}

/**
 * A machine that was captured as a directory: `proc/`, `sys/`, `etc/` and so on as they were, `machine.json` for the
 * rest, and `later/` with the files that had changed at the end of the sample window. Its clock does not wait: the window
 * is over at once. For tests of the compiled binary, and to look into a report that somebody else's machine made.
 *
 * Throws when the directory does not hold a capture.
 */
export function openCaptured(directory: string): Machine {
  const layers = readLayers(directory);
  const startMs = Date.parse(layers.find(({ takenAt }) => takenAt)?.takenAt ?? "1970-01-01T00:00:00Z");
  let elapsedMs = 0;
  const clock: Clock = {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: async (ms) => {
      elapsedMs += ms;
    },
  };
  const read = (path: string, encoding: "utf8" | "latin1" = "utf8") =>
    firstOf(layers, elapsedMs > 0, path, (file) => readSoon(file, encoding));
  const host: Host = {
    readProc: (name, encoding) => read(`/proc/${name}`, encoding),
    readProcUntil: (name) => read(`/proc/${name}`),
    readSys: (name) => read(`/sys/${name}`),
    readFile: (path) => read(path),
    list: (path) => listAll(layers, path),
    links: (path) => firstOf(layers, false, path, async (file) => readLinks(file)),
    stamps: (paths) => Promise.all(paths.map((path) => stampOf(host, path))),
    stamp: async (paths) => (await host.stamps(paths)).join(),
    statfs: async (mountPoint) => answered(layers, ({ statfs }) => statfs[mountPoint.toString("latin1")], "statfs"),
    run: async (program, args) => answered(layers, ({ run }) => run[[program, ...args].join(" ")], program),
    getUnix: async (socket, path) => answered(layers, (layer) => layer.getUnix[`${socket} ${path}`], socket),
    inventory: async (part) => answered(layers, (layer) => layer.inventory[part], "systeminformation"),
    // Servers are no part of a machine: they answer for themselves.
    checkHttp,
    checkTcp,
    askProbe,
  };
  return { host, clock };
}

/** The machine and what it lies over, itself first. */
function readLayers(directory: string): readonly Layer[] {
  const capture = v.parse(Capture, JSON.parse(readFileSync(join(directory, "machine.json"), "utf8")));
  const layer = { ...capture, directory };
  return capture.base === undefined ? [layer] : [layer, ...readLayers(resolve(directory, capture.base))];
}

/** Of the first layer that has the path; a layer that says it is missing hides the ones below. */
async function firstOf<T>(layers: readonly Layer[], later: boolean, path: string, read: (file: string) => Promise<T>) {
  for (const layer of layers) {
    for (const root of later ? ["later", ""] : [""]) {
      try {
        return await reading(path, () => read(join(layer.directory, root, path)));
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
      }
    }
    const reason = missingReason(layer, path);
    if (reason !== undefined) throw new Unavailable(`${path} ${reason}`);
  }
  throw new Unavailable(`${path} is not there`);
}

/** The times of files in a checkout say nothing, their contents do. */
async function stampOf(host: Host, path: string): Promise<string | null> {
  const text = await ifThere(host.readFile(path)).catch(() => null);
  if (text !== null) return Bun.hash(text).toString(36);
  return (await ifThere(host.list(path)))?.join("/") ?? null;
}

async function listAll(layers: readonly Layer[], path: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const [depth, layer] of layers.entries()) {
    const own = await readdir(join(layer.directory, path)).catch(() => []);
    const hidden = (name: string) =>
      layers.slice(0, depth).some((above) => missingReason(above, `${path}/${name}`) !== undefined);
    for (const name of own) if (!hidden(name)) names.add(name);
  }
  const reason = layers.flatMap((layer) => missingReason(layer, path) ?? [])[0] ?? "is not there";
  if (names.size === 0) throw new Unavailable(`${path} ${reason}`);
  // What stands for an empty directory, which git cannot keep.
  names.delete(".empty");
  return [...names].toSorted();
}

function missingReason({ missing }: Layer, path: string): string | undefined {
  return Object.entries(missing).find(([name]) => path === name || path.startsWith(`${name}/`))?.[1];
}

function answered<T>(layers: readonly Layer[], find: (layer: Layer) => T | Failure | undefined, name: string): T {
  const answer = layers.map(find).find((found) => found !== undefined);
  if (answer === undefined) throw new Unavailable(`${name} is not there`);
  if (isFailure(answer)) throw new Error(answer.error);
  return answer;
}

function isFailure(answer: unknown): answer is Failure {
  return v.is(failure, answer);
}
