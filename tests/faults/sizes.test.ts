import { expect, test } from "bun:test";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { record } from "../../lib/state/history.ts";
import { enqueue } from "../../lib/state/outbox.ts";
import { binary } from "../support/needs.ts";
import { machinesDirectory, temporaryDirectory } from "../support/project.ts";
import { hourMs, minuteMs, openFile, start, waitingAlert } from "../support/stateFile.ts";
import { nobody } from "./life.ts";

const mib = 1024 ** 2;

/** The largest VmHWM of a process, `proc_pid_status(5)`, in bytes, as seen until it ended. */
async function watchPeak(pid: number): Promise<number> {
  let peak = 0;
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (kib === undefined) return peak;
    // Until exec(2) it is a copy of this process.
    if (!/^Name:\tbun/m.test(status)) peak = Number(kib) * 1024;
  }
}

/** What a run had in memory at most, and what it ended with. */
async function peakOf(args: readonly string[], env: Readonly<Record<string, string>>) {
  const child = Bun.spawn([binary, ...args], { env, stdout: "ignore", stderr: "ignore" });
  // Its own high-water mark: getrusage(2) counts what this process had when it forked, too.
  const peak = watchPeak(child.pid);
  const status = await child.exited;
  const bytes = await peak;
  expect(bytes).toBeGreaterThan(0);
  return { status, bytes };
}

/** One report with a state directory, and what it had in memory at most. */
async function peakBytes(stateDirectory: string, machine: string): Promise<number> {
  const env = { ...nobody, SERVER_METRICS_MACHINE: machine, SERVER_METRICS_STATE_DIR: stateDirectory };
  const { status, bytes } = await peakOf(["--sample", "0"], env);
  expect(status).toBe(75);
  return bytes;
}

const hours = 4000;

/** A state with as many numbers as are kept: of file systems that stay, or that have other names each day. */
function remember(directory: string, nameOf: (hour: number, index: number) => string): void {
  const database = openFile(directory);
  database.run("PRAGMA synchronous = OFF");
  const nowMs = Date.now();
  const numbersAt = (hour: number) =>
    new Map(
      Array.from({ length: 110 }, (_, index): [string, number] => [
        `storage_used_percent{mount="/mnt/${nameOf(hour, index)}"}`,
        50 + (hour % 40),
      ]).toSorted(([one], [other]) => (one < other ? -1 : 1)),
    );
  database.transaction(() => {
    for (let hour = hours; hour > 0; hour -= 1) record(database, nowMs - hour * hourMs, numbersAt(hour));
    for (let minute = 10_000; minute > 0; minute -= 1) {
      record(database, nowMs - minute * minuteMs, numbersAt(Math.floor(minute / 60)));
    }
  })();
  database.close();
}

test.each([
  ["that stay", (_: number, index: number) => `${index}`],
  ["that have other names each day", (hour: number, index: number) => `${Math.floor(hour / 24)}-${index}`],
  ["that have other names each hour", (hour: number, index: number) => `${hour}-${index}`],
])(
  "the history of 110 file systems %s takes less than 90 MB, in any form",
  async (_, nameOf) => {
    using directory = temporaryDirectory();
    remember(directory.path, nameOf);
    const forms = [[], ["--csv"], ["--json"], ["--png", join(directory.path, "picture.png")]];
    const history = ["history", "--hours", `${hours}`, "--state-dir", directory.path];
    // At once: each is watched all the time, which takes a processor.
    for (const { status, bytes } of await Promise.all(forms.map((form) => peakOf([...history, ...form], {})))) {
      expect(status).toBe(0);
      // 72 to 77 MB here; gigabytes, before, where the names change.
      expect(bytes).toBeLessThan(90e6);
    }
  },
  300_000,
);

test("20,000 waiting alerts take little more memory than none", async () => {
  using directory = temporaryDirectory();
  const database = openFile(directory.path);
  database.transaction(() => {
    for (let alert = 0; alert < 20_000; alert++) enqueue(database, waitingAlert(`${alert} ${"x".repeat(600)}`), start);
  })();
  database.close();
  // 66 MB here, and 146 MB when all were read.
  expect(await peakBytes(directory.path, join(machinesDirectory, "vps-tokyo"))).toBeLessThan(100 * mib);
}, 300_000);

test("10,000 full file systems fit the state", async () => {
  using directory = temporaryDirectory();
  const machine = join(directory.path, "machine");
  mkdirSync(join(machine, "proc/self"), { recursive: true });
  const mounts = Array.from({ length: 10_000 }, (_, index) => (index === 0 ? "/" : `/mnt/${index}`));
  const lines = mounts.map((mount, index) => {
    const device = `${Math.floor(index / 256) + 8}:${index % 256}`;
    return `${30 + index} 1 ${device} / ${mount} rw,relatime - ext4 /dev/disk${index} rw\n`;
  });
  writeFileSync(join(machine, "proc/self/mountinfo"), lines.join(""));
  const full = { totalBytes: 100e9, freeBytes: 0, availableBytes: 0, inodes: 0, inodesFree: 0 };
  const statfs = Object.fromEntries(mounts.map((mount) => [mount, full]));
  const base = join(machinesDirectory, "vps-tokyo");
  writeFileSync(join(machine, "machine.json"), JSON.stringify({ base, takenAt: "2026-08-01T12:00:00Z", statfs }));
  const state = join(directory.path, "state");
  // 206 MB and 10 MB here, and 255 MB with a past; 528 MB and 21 MB before.
  expect(await peakBytes(state, machine)).toBeLessThan(270 * mib);
  expect(await peakBytes(state, machine)).toBeLessThan(320 * mib);
  expect(statSync(join(state, "state.db")).size).toBeLessThan(14 * mib);
}, 300_000);
