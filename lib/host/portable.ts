import * as v from "valibot";

import { systemClock } from "../clock.ts";
import { type Host, Unavailable } from "../model/host.ts";
import { type CpuTotals, cpuTotals } from "./cpuTotals.ts";
import { askSysteminformation } from "./helpers/systeminformationHelper.ts";
import { thisMachine } from "./linux.ts";
import type { Machine } from "./machine.ts";

// Not imported, because the bundler would load it on Linux, too, which does without.
const os = process.getBuiltinModule("node:os");

const Memory = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ total: v.number(), active: v.number(), swaptotal: v.number(), swapfree: v.number() }),
);

/** mem() as `proc_meminfo(5)`. Its `active` is what `free` calls used; its `used` counts the page cache. */
export function meminfoOf(answer: string): string {
  const memory = v.parse(Memory, answer);
  const lines = {
    MemTotal: memory.total,
    MemAvailable: Math.max(0, memory.total - memory.active),
    SwapTotal: memory.swaptotal,
    SwapFree: memory.swapfree,
  };
  return Object.entries(lines)
    .map(([name, bytes]) => `${name}: ${Math.round(bytes / 1024)} kB\n`)
    .join("");
}

const FileSystems = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ fs: v.string(), type: v.string(), mount: v.string(), rw: v.nullish(v.boolean()) })),
);

/**
 * fsSize() as `proc_pid_mountinfo(5)`. Volumes of one APFS container share its space, so they are one device; its system
 * volume is always mounted read-only, which is no news. Throws `Unavailable` for an empty answer: there is no `df`.
 */
export function mountinfoOf(answer: string): string {
  const mounts = v.parse(FileSystems, answer);
  if (mounts.length === 0) throw new Unavailable("df is missing");
  return mounts
    .filter(({ mount }) => !mount.startsWith("/System/Volumes/"))
    .map(({ fs, type, mount, rw }, index) => {
      const isApfs = type.toLowerCase() === "apfs";
      const container = isApfs ? /^\/dev\/(disk\d+)s/.exec(fs)?.[1] : undefined;
      const options = rw === false && !isApfs ? "ro" : "rw";
      return `${index} 0 ${container ?? `0:${index}`} / ${escapeOctal(mount)} rw - ${escapeOctal(type)} ${escapeOctal(fs)} ${options}\n`;
    })
    .join("");
}

/** As the kernel writes names: their bytes as characters, blanks and backslashes in octal. */
function escapeOctal(text: string): string {
  return Buffer.from(text)
    .toString("latin1")
    .replace(/[ \t\n\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, "0")}`);
}

/** The totals as `proc_stat(5)`, in hundredths of a second. */
export function statOf({ user, nice, system, idle, irq, cores }: CpuTotals): string {
  const ticks = [user, nice, system, idle, 0, irq, 0, 0, 0, 0].map((ms) => Math.round(ms / 10));
  return `cpu  ${ticks.join(" ")}\n${Array.from({ length: cores }, (_, index) => `cpu${index} 0\n`).join("")}intr 0\n`;
}

/** PRETTY_NAME of `os-release(5)` from macOS's SystemVersion.plist; elsewhere what `uname -s` says. */
export function osReleaseOf(plist: string): string {
  const valueOf = (key: string) => new RegExp(`<key>${key}</key>\\s*<string>([^<]*)`).exec(plist)?.[1];
  const name = valueOf("ProductName");
  return `PRETTY_NAME="${name === undefined ? os.type() : `${name} ${valueOf("ProductVersion") ?? ""}`.trim()}"\n`;
}

const readCpu = cpuTotals(async () => (await import("./helpers/systeminformation.ts")).readCurrentLoad(), systemClock);

const proc: Readonly<Record<string, () => string | Promise<string>>> = {
  meminfo: async () => meminfoOf(await askSysteminformation("mem")),
  "self/mountinfo": async () => mountinfoOf(await askSysteminformation("fsSize")),
  stat: async () => statOf(await readCpu()),
  loadavg: () => os.loadavg().join(" "),
  uptime: () => String(os.uptime()),
  "sys/kernel/hostname": () => os.hostname(),
  "sys/kernel/osrelease": () => os.release(),
};

const host: Host = {
  ...thisMachine.host,
  stamps: () => Promise.reject(new Unavailable("not known without /proc")),
  stamp: () => Promise.reject(new Unavailable("not known without /proc")),
  readProcUntil: () => Promise.reject(new Unavailable("not known without /proc")),
  readProc: async (name) => {
    const read = proc[name];
    if (read === undefined) throw new Unavailable("not known without /proc");
    return read();
  },
  readFile: async (path) =>
    path === "/etc/os-release"
      ? osReleaseOf(await thisMachine.host.readFile("/System/Library/CoreServices/SystemVersion.plist").catch(() => ""))
      : thisMachine.host.readFile(path),
};

/**
 * A machine without /proc, such as the Mac on which the program is built: the core numbers come from systeminformation
 * and are written the way the kernel writes them, so that no metric needs to know. Sizes of file systems come from
 * statfs(2), which is everywhere; which of them there are, fsSize() says.
 */
export const portableMachine: Machine = { host, clock: systemClock };
