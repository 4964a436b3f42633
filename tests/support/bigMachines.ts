import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { machinesDirectory } from "./project.ts";

const base = join(machinesDirectory, "vps-tokyo");

/** What makes a machine a big one: files, and keys of machine.json. */
interface Part {
  readonly files: Readonly<Record<string, string>>;
  readonly statfs?: Readonly<Record<string, object>>;
  readonly missing?: Readonly<Record<string, string>>;
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function manyMounts(count: number): Part {
  const usage = (percent: number) => {
    const freeBytes = 100_000_000_000 * (1 - percent / 100);
    return { totalBytes: 100_000_000_000, freeBytes, availableBytes: freeBytes, inodes: 0, inodesFree: 0 };
  };
  const mounts = range(count).map((index) => (index === 0 ? "/" : `/mnt/${index}`));
  const lines = mounts.map((mount, index) => {
    const device = `${Math.floor(index / 256) + 8}:${index % 256}`;
    return `${30 + index} 1 ${device} / ${mount} rw,relatime - ext4 /dev/disk${index} rw\n`;
  });
  const statfs = Object.fromEntries(mounts.map((mount, index) => [mount, usage(index % 100)]));
  return { files: { "proc/self/mountinfo": lines.join("") }, statfs };
}

function manyProcesses(count: number): Part {
  const stat = (pid: number) => {
    const name = pid === count - 1 ? "big) S 1 (one" : `worker ${pid}`;
    return `${pid} (${name}) S 1 1 1 0 -1 64 0 0 0 0 ${pid} 1 0 0 20 0 1 0 9 1000 ${pid * 10} 0\n`;
  };
  const missing = Object.fromEntries(
    ["612", "701", "742", "803", "955"].map((pid) => [`/proc/${pid}`, "is not there"]),
  );
  const files = range(count).map((index): [string, string] => [`proc/${index + 1}/stat`, stat(index + 1)]);
  return { files: Object.fromEntries(files), missing };
}

function manyInterfaces(count: number): Part {
  const head = "Inter-|   Receive                |  Transmit\n face |bytes packets errs drop|bytes packets errs drop\n";
  const lines = range(count).map((n) => `eth${n}: ${n * 1000} 1 0 0 0 0 0 0 ${n * 2000} 1 0 0 0 0 0 0\n`);
  const text = head + lines.join("");
  return { files: { "proc/net/dev": text, "later/proc/net/dev": text } };
}

function manyCores(count: number): Part {
  const cores = range(count).map((n) => `cpu${n} ${n} 0 ${n} 1000 0 0 0 0 0 0\n`);
  const text = readFileSync(join(base, "proc/stat"), "utf8").replace(/(cpu\d.*\n)+/, cores.join(""));
  return { files: { "proc/stat": text } };
}

const parts = {
  "1500-mounts": (times: number) => manyMounts(1500 * times),
  "4000-processes": (times: number) => manyProcesses(4000 * times),
  "300-interfaces": (times: number) => manyInterfaces(300 * times),
  "256-cores": (times: number) => manyCores(256 * times),
} as const satisfies Readonly<Record<string, (times: number) => Part>>;

/** What a machine can have much of. */
export type Plenty = keyof typeof parts;
export const plenties: readonly Plenty[] = ["1500-mounts", "4000-processes", "300-interfaces", "256-cores"];

/**
 * Writes a machine into a directory that would be too many files, or too long ones, to keep: vps-tokyo with much of some
 * things, or so many times as much.
 */
export function writeBigMachine(directory: string, much: readonly Plenty[], times = 1): void {
  const made = much.map((name): Part => parts[name](times));
  const all = <T>(of: (part: Part) => Readonly<Record<string, T>> | undefined) =>
    Object.fromEntries(made.flatMap((part) => Object.entries(of(part) ?? {})));
  const rest = { base, missing: all(({ missing }) => missing), statfs: all(({ statfs }) => statfs) };
  const files = { ...all(({ files: own }) => own), "machine.json": JSON.stringify(rest) };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
