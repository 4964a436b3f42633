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

/** The memory limit of the container that this runs in, and what was counted in it. */
export interface MemoryLimit extends MemoryEvents {
  readonly limitBytes: number;
  /** Charged to it, without what the kernel drops when memory is short: the page cache and its own caches. */
  readonly usedBytes: number;
  /** Null where swap has no limit of its own, or is not accounted. */
  readonly swap: { readonly totalBytes: number; readonly usedBytes: number } | null;
}

/** The counters of a container; null when it has none. */
export interface MemoryEvents {
  readonly oomKills: number | null;
  readonly majorFaults: number | null;
}

type Controller = "memory" | "cpu" | "pids";

interface Level {
  readonly version: 1 | 2;
  /** Below /sys. */
  readonly directory: string;
}

/**
 * Parses /proc/1/cgroup, `cgroups(7)`: the directories below /sys whose limits of one controller bind PID 1, the
 * outermost first. None when PID 1 is outside of what this process may see, as in a private view on a plain host.
 */
export function parseCgroup(text: string, controller: Controller): readonly Level[] {
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

/** The files of the memory controller, and the names in its memory.stat, which counts whole trees with `total_` in version 1. */
const memoryFiles = {
  1: {
    limit: "memory.limit_in_bytes",
    current: "memory.usage_in_bytes",
    events: "memory.oom_control",
    droppable: ["total_inactive_file", "total_active_file"],
    majorFaults: "total_pgmajfault",
  },
  2: {
    limit: "memory.max",
    current: "memory.current",
    events: "memory.events",
    droppable: ["inactive_file", "active_file"],
    majorFaults: "pgmajfault",
  },
} as const;

const fieldOf = (text: string | null, name: string) =>
  parseCount(new RegExp(`^${name} (\\d+)\\n`, "m").exec(text ?? "")?.[1]);

/**
 * The smallest memory limit of PID 1's cgroups (`memory.max`, `memory.limit_in_bytes`) with what was used and counted in
 * the same one; null when there is none. Throws when it does not say how much of what is charged is page cache.
 */
export async function readMemoryLimit(host: Host): Promise<MemoryLimit | null> {
  let smallest: (Level & { readonly limitBytes: number }) | null = null;
  for (const level of await readLevels(host, "memory")) {
    const limitBytes = await readNumber(host, level, memoryFiles[level.version].limit);
    if (limitBytes !== null && limitBytes < (smallest?.limitBytes ?? Infinity)) smallest = { ...level, limitBytes };
  }
  if (smallest === null) return null;
  const { limitBytes, version } = smallest;
  const chargedBytes = await readNumber(host, smallest, memoryFiles[version].current);
  if (chargedBytes === null) return null;
  if (limitBytes === 0) throw new Error("the memory limit is 0");
  const stat = await ifThere(host.readSys(`${smallest.directory}/memory.stat`));
  const [inactive, active] = memoryFiles[version].droppable.map((name) => fieldOf(stat, name));
  if (typeof inactive !== "number" || typeof active !== "number") throw new Error("memory.stat is malformed");
  // Version 1 does not report its slab.
  const droppable = inactive + active + (fieldOf(stat, "slab_reclaimable") ?? 0);
  return {
    limitBytes,
    usedBytes: Math.max(0, chargedBytes - droppable),
    swap: await readSwap(host, smallest, { limitBytes, chargedBytes }),
    ...(await readEvents(host, smallest)),
  };
}

type Charged = Pick<MemoryLimit, "limitBytes"> & { readonly chargedBytes: number };

/** Version 1 limits and counts memory and swap together. */
async function readSwap(host: Host, level: Level, { limitBytes, chargedBytes }: Charged): Promise<MemoryLimit["swap"]> {
  const read = (file: string) => readNumber(host, level, file);
  const isFirst = level.version === 1;
  const [limit, current] = isFirst
    ? [await read("memory.memsw.limit_in_bytes"), await read("memory.memsw.usage_in_bytes")]
    : [await read("memory.swap.max"), await read("memory.swap.current")];
  // In version 1 a number near 2^63 is no limit.
  if (limit === null || current === null || limit >= 2 ** 62) return null;
  const totalBytes = isFirst ? limit - limitBytes : limit;
  const usedBytes = isFirst ? Math.max(0, current - chargedBytes) : current;
  return totalBytes < 0 || usedBytes > totalBytes ? null : { totalBytes, usedBytes };
}

async function readEvents(host: Host, { version, directory }: Level): Promise<MemoryEvents> {
  const { events, majorFaults } = memoryFiles[version];
  const read = (file: string) => ifThere(host.readSys(`${directory}/${file}`));
  return {
    oomKills: fieldOf(await read(events), "oom_kill"),
    majorFaults: fieldOf(await read("memory.stat"), majorFaults),
  };
}

/** The counters of the outermost visible cgroup: in a container, the container's. */
export async function readContainerEvents(host: Host): Promise<MemoryEvents> {
  for (const level of await readLevels(host, "memory")) {
    const events = await readEvents(host, level);
    if (events.oomKills !== null) return events;
  }
  return { oomKills: null, majorFaults: null };
}

/** The tasks of the container, by the outermost cgroup that counts them; null when none does. */
export async function readTasks(host: Host): Promise<number | null> {
  for (const level of await readLevels(host, "pids")) {
    const tasks = await readNumber(host, level, "pids.current");
    if (tasks !== null) return tasks;
  }
  return null;
}

/** The CPU quota of PID 1's cgroups in cores (`cpu.max`, `cpu.cfs_quota_us`); null without a quota. */
export async function readCpuQuota(host: Host): Promise<number | null> {
  let cores = Infinity;
  for (const level of await readLevels(host, "cpu")) {
    const { version, directory } = level;
    const [quota, period] =
      version === 2
        ? (/^(\d+) (\d+)\n/.exec((await ifThere(host.readSys(`${directory}/cpu.max`))) ?? "") ?? [])
            .slice(1)
            .map(parseCount)
        : [await readNumber(host, level, "cpu.cfs_quota_us"), await readNumber(host, level, "cpu.cfs_period_us")];
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

async function readLevels(host: Host, controller: Controller): Promise<readonly Level[]> {
  const cgroup = await ifThere(host.readProc("1/cgroup"));
  // Other users' processes may be hidden (hidepid); the topmost cgroup binds PID 1 in any case.
  if (cgroup === null) return [...parseCgroup("0::/", controller), ...parseCgroup(`1:${controller}:/`, controller)];
  return parseCgroup(cgroup, controller);
}

/** `max`, and -1 in version 1, mean that there is no limit. A number without the end of its line was cut, and throws. */
async function readNumber(host: Host, { directory }: Level, file: string): Promise<number | null> {
  const text = await ifThere(host.readSys(`${directory}/${file}`));
  if (text !== null && !/^(?:max|-?\d+)\n$/.test(text)) throw new Error(`${file} is malformed`);
  return parseCount(/^(\d+)\n/.exec(text ?? "")?.[1]);
}
