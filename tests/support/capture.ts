/**
 * Captures this machine as a directory that SERVER_METRICS_MACHINE can point to, with exactly the files that the
 * collectors read:
 *
 *     bun tests/support/capture.ts DIRECTORY [--sample 0.5] [--note TEXT]
 *
 * What tells whose machine it was is replaced: names, ids, hardware addresses, kernel build, processes of no common name.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";

import type { Clock } from "../../lib/clock.ts";
import { thisMachine } from "../../lib/host/linux.ts";
import { collect } from "../../lib/measure/collect.ts";
import { type FileSystemUsage, type Host, Unavailable } from "../../lib/model/host.ts";
import { parseProcessStat } from "../../lib/proc/processes.ts";
import { decide } from "../../lib/settings/decide.ts";
import { anonymise, isOrdinaryMount } from "./anonymise.ts";

/** Everything that was asked of a machine and what it said, before the sample window and at its end. */
interface Recording {
  readonly first: Map<string, string>;
  readonly later: Map<string, string>;
  readonly statfs: Record<string, FileSystemUsage | { error: string }>;
  readonly run: Record<string, string | { error: string }>;
  readonly getUnix: Record<string, string | { error: string }>;
}

/** As many processes as a capture keeps beside the first, so that it stays small: the newest. */
const processesKept = 12;

/** A machine that notes down what is read of it. */
function recordingMachine(): { host: Host; clock: Clock; recording: Recording } {
  const { host, clock } = thisMachine;
  const recording: Recording = { first: new Map(), later: new Map(), statfs: {}, run: {}, getUnix: {} };
  let slept = false;
  const note = async (path: string, text: Promise<string>) => {
    (slept ? recording.later : recording.first).set(path, await text);
    return text;
  };
  const answer = async <T>(into: Record<string, T | { error: string }>, key: string, reply: Promise<T>) => {
    try {
      return (into[key] = await reply);
    } catch (error) {
      if (!(error instanceof Unavailable)) into[key] = { error: error instanceof Error ? error.message : "failed" };
      throw error;
    }
  };
  return {
    recording,
    clock: {
      ...clock,
      sleep: async (ms) => {
        await clock.sleep(ms);
        slept = true;
      },
    },
    host: {
      // Bytes survive as latin1, whatever the collector asks for.
      readProc: async (name, encoding = "utf8") => {
        const bytes = await note(`/proc/${name}`, host.readProc(name, "latin1"));
        return encoding === "latin1" ? bytes : Buffer.from(bytes, "latin1").toString();
      },
      readSys: (name) => note(`/sys/${name}`, host.readSys(name)),
      // They would name the users, their keys and their ports.
      readProcUntil: () => Promise.reject(new Unavailable("not captured")),
      stamp: () => Promise.reject(new Unavailable("not captured")),
      stamps: () => Promise.reject(new Unavailable("not captured")),
      links: () => Promise.reject(new Unavailable("not captured")),
      readFile: (path) => note(path, host.readFile(path)),
      list: async (path) => {
        const names = await host.list(path);
        if (names.length === 0) recording.first.set(`${path}/.empty`, "");
        // Of the kernels nothing is read but their names.
        if (/^\/(boot|lib\/modules)$/.test(path)) for (const name of names) recording.first.set(`${path}/${name}`, "");
        return path === "/proc" ? fewProcesses(names) : names;
      },
      statfs: (mountPoint) => answer(recording.statfs, mountPoint.toString("latin1"), host.statfs(mountPoint)),
      run: (program, args) => answer(recording.run, [program, ...args].join(" "), host.run(program, args)),
      getUnix: (socket, path) => answer(recording.getUnix, `${socket} ${path}`, host.getUnix(socket, path)),
      // It would name the hardware, and with it the owner.
      inventory: () => Promise.reject(new Unavailable("not captured")),
      checkHttp: host.checkHttp,
      checkTcp: host.checkTcp,
      askProbe: host.askProbe,
    },
  };
}

function fewProcesses(names: readonly string[]): readonly string[] {
  const ids = names.filter((name) => /^\d+$/.test(name) && name !== "1");
  const oldest = ids.toSorted((one, other) => startOf(one) - startOf(other)).slice(0, -processesKept);
  const dropped = new Set(oldest);
  return names.filter((name) => !dropped.has(name));
}

function startOf(id: string): number {
  try {
    return parseProcessStat(readFileSync(`/proc/${id}/stat`, "latin1"))?.startTicks ?? 0;
  } catch {
    return 0;
  }
}

function store(directory: string, recording: Recording, note: string): void {
  for (const part of ["proc", "sys", "etc", "run", "var", "usr", "lib", "boot", "later", "machine.json"]) {
    rmSync(join(directory, part), { recursive: true, force: true });
  }
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text, path.includes("/proc/") ? "latin1" : "utf8");
  };
  for (const [path, text] of recording.first) write(path, anonymise(path, text));
  for (const [path, text] of recording.later) {
    const before = recording.first.get(path);
    if (before === undefined) write(path, anonymise(path, text));
    else if (before !== text) write(`/later${path}`, anonymise(path, text));
  }
  const { run, getUnix } = recording;
  const statfs = Object.fromEntries(Object.entries(recording.statfs).filter(([mount]) => isOrdinaryMount(mount)));
  const machine = { note, takenAt: "2026-08-01T12:00:00Z", statfs, run, getUnix };
  writeFileSync(join(directory, "machine.json"), `${JSON.stringify(machine, null, 2)}\n`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "0.5" },
    note: { type: "string", default: "captured" },
  },
});
const [directory] = positionals;
if (directory === undefined) throw new Error("usage: bun tests/support/capture.ts DIRECTORY [--sample SECONDS]");
const decided = decide([{ values: { sample: Number(values.sample) }, nameOf: (setting) => `--${setting}` }]);
if (!decided.ok) throw new Error(decided.problems.join("\n"));
const { host, clock, recording } = recordingMachine();
await collect(host, clock, { config: decided.value, everything: true });
store(directory, recording, values.note);
