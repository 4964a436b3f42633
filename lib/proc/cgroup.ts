import { type Host, ifThere } from "../model/host.ts";
import { parseMountinfo } from "./mountinfo.ts";
import { parseCount } from "./number.ts";

/*
 * How a container is told from a machine: not by marks such as /.dockerenv (left behind in a virtual machine that was
 * made from an image, absent in many containers), but by what the kernel enforces. A limit on the cgroup of PID 1, or on
 * one above it that can be seen from here, binds everything there is, so it is the size of this machine. On a plain host
 * PID 1 has none, in every container that has a limit it has one; and the cgroup that cron or a user's session put this
 * program into is never looked at. `cgroups(7)`, Documentation/admin-guide/cgroup-v2.rst
 */

/** The memory limit of the container that this runs in. */
export interface MemoryLimit {
  readonly limitBytes: number;
  /** Charged to it, without the file cache that the kernel drops first. */
  readonly usedBytes: number;
}

interface Level {
  readonly version: 1 | 2;
  /** Below /sys. */
  readonly directory: string;
}

/**
 * Parses /proc/1/cgroup, `cgroups(7)`: the directories below /sys whose limits of one controller bind PID 1, the
 * outermost first. None when PID 1 is outside of what this process may see, as in a private view on a plain host.
 */
export function parseCgroup(text: string, controller: "memory" | "cpu"): readonly Level[] {
  const lines = text.split("\n").map((line) => /^\d+:([^:]*):(\/.*)$/.exec(line) ?? []);
  const first = lines.find(([, controllers]) => controllers?.split(",").includes(controller));
  const path = (first ?? lines.find(([, controllers]) => controllers === ""))?.[2];
  if (path === undefined || path.startsWith("/..")) return [];
  const version = first === undefined ? 2 : 1;
  const names = path.split("/").filter((name) => name !== "");
  return [[], ...names.map((_, index) => names.slice(0, index + 1))].map((above) => ({
    version,
    directory: ["fs/cgroup", ...(version === 1 ? [controller] : []), ...above].join("/"),
  }));
}

/** The smallest memory limit of PID 1's cgroups (`memory.max`, `memory.limit_in_bytes`); null when there is none. */
export async function readMemoryLimit(host: Host): Promise<MemoryLimit | null> {
  let smallest: (Level & { readonly limitBytes: number }) | null = null;
  for (const level of await readLevels(host, "memory")) {
    const file = level.version === 2 ? "memory.max" : "memory.limit_in_bytes";
    const limitBytes = numberOf(await ifThere(host.readSys(`${level.directory}/${file}`)));
    if (limitBytes !== null && limitBytes < (smallest?.limitBytes ?? Infinity)) smallest = { ...level, limitBytes };
  }
  if (smallest === null) return null;
  const [current, inactive] =
    smallest.version === 2
      ? (["memory.current", "inactive_file"] as const)
      : (["memory.usage_in_bytes", "total_inactive_file"] as const);
  const chargedBytes = numberOf(await ifThere(host.readSys(`${smallest.directory}/${current}`)));
  if (chargedBytes === null) return null;
  const stat = (await ifThere(host.readSys(`${smallest.directory}/memory.stat`))) ?? "";
  const inactiveBytes = parseCount(new RegExp(`^${inactive} (\\d+)$`, "m").exec(stat)?.[1]) ?? 0;
  return { limitBytes: smallest.limitBytes, usedBytes: Math.max(0, chargedBytes - inactiveBytes) };
}

/** How many cores' worth of time PID 1's cgroups may use (`cpu.max`, `cpu.cfs_quota_us`); null when there is no quota. */
export async function readCpuQuota(host: Host): Promise<number | null> {
  let cores = Infinity;
  for (const { version, directory } of await readLevels(host, "cpu")) {
    const [quota, period] =
      version === 2
        ? (/^(\d+) (\d+)\n/.exec((await ifThere(host.readSys(`${directory}/cpu.max`))) ?? "") ?? [])
            .slice(1)
            .map(parseCount)
        : [
            numberOf(await ifThere(host.readSys(`${directory}/cpu.cfs_quota_us`))),
            numberOf(await ifThere(host.readSys(`${directory}/cpu.cfs_period_us`))),
          ];
    if (quota && period) cores = Math.min(cores, quota / period);
  }
  return cores < Infinity ? cores : null;
}

/** Whether lxcfs shows this container its own numbers in a file below /proc, instead of the host's. */
export async function isLxcfs(host: Host, procFile: string): Promise<boolean> {
  const mountinfo = await ifThere(host.readProc("self/mountinfo", "latin1"));
  if (!mountinfo?.includes("fuse.lxcfs")) return false;
  return parseMountinfo(mountinfo).some(
    ({ mountPoint, fsType }) => mountPoint === `/proc/${procFile}` && fsType === "fuse.lxcfs",
  );
}

async function readLevels(host: Host, controller: "memory" | "cpu"): Promise<readonly Level[]> {
  const cgroup = await ifThere(host.readProc("1/cgroup"));
  // Other users' processes may be hidden (hidepid); what is at the top binds PID 1 in any case.
  if (cgroup === null) return [...parseCgroup("0::/", controller), ...parseCgroup(`1:${controller}:/`, controller)];
  return parseCgroup(cgroup, controller);
}

/** `max`, and -1 in version 1, mean that there is no limit. A number without the end of its line was cut. */
function numberOf(text: string | null): number | null {
  return parseCount(/^(\d+)\n/.exec(text ?? "")?.[1]);
}
