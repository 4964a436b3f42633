import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { machinesDirectory } from "./binary.ts";

type Files = Readonly<Record<string, string>>;

/** Writes a machine that lies over vps-tokyo. */
function write(directory: string, files: Files, machine: object = {}): void {
  const all = { ...files, "machine.json": JSON.stringify({ base: join(machinesDirectory, "vps-tokyo"), ...machine }) };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

function manyMounts(directory: string): void {
  const usage = (percent: number) => {
    const freeBytes = 100_000_000_000 * (1 - percent / 100);
    return { totalBytes: 100_000_000_000, freeBytes, availableBytes: freeBytes, inodes: 0, inodesFree: 0 };
  };
  const mounts = range(1500).map((index) => (index === 0 ? "/" : `/mnt/${index}`));
  const lines = mounts.map((mount, index) => {
    const device = `${Math.floor(index / 256) + 8}:${index % 256}`;
    return `${30 + index} 1 ${device} / ${mount} rw,relatime - ext4 /dev/disk${index} rw\n`;
  });
  const statfs = Object.fromEntries(mounts.map((mount, index) => [mount, usage(index % 100)]));
  write(directory, { "proc/self/mountinfo": lines.join("") }, { statfs });
}

function manyProcesses(directory: string): void {
  const stat = (pid: number) => {
    const name = pid === 3999 ? "big) S 1 (one" : `worker ${pid}`;
    return `${pid} (${name}) S 1 1 1 0 -1 64 0 0 0 0 ${pid} 1 0 0 20 0 1 0 9 1000 ${pid * 10} 0\n`;
  };
  const others = Object.fromEntries(["612", "701", "742", "803", "955"].map((pid) => [`/proc/${pid}`, "is not there"]));
  const files = range(4000).map((index): [string, string] => [`proc/${index + 1}/stat`, stat(index + 1)]);
  write(directory, Object.fromEntries(files), { missing: others });
}

function manyInterfaces(directory: string): void {
  const head = "Inter-|   Receive                |  Transmit\n face |bytes packets errs drop|bytes packets errs drop\n";
  const lines = range(300).map((index) => `eth${index}: ${index * 1000} 1 0 0 0 0 0 0 ${index * 2000} 1 0 0 0 0 0 0\n`);
  const text = head + lines.join("");
  write(directory, { "proc/net/dev": text, "later/proc/net/dev": text });
}

/** Machines that would be too many files, or too long ones, to keep: each writes itself into a directory. */
export const bigMachines = {
  "1500-mounts": manyMounts,
  "4000-processes": manyProcesses,
  "300-interfaces": manyInterfaces,
} as const satisfies Readonly<Record<string, (directory: string) => void>>;
