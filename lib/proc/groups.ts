import { type Host, ifThere } from "../model/host.ts";
import { parseCount } from "./number.ts";

/** Processes that the kernel counts together: a unit of systemd, or a container. Null is what it does not count. */
export interface Group {
  /** `sidekiq.service`; of a container the first twelve digits of its id. */
  readonly name: string;
  readonly isContainer: boolean;
  /** Memory of its own: without the page cache, which the kernel gives back when memory is short. */
  readonly memoryBytes: number | null;
  readonly swapBytes: number | null;
  /** CPU time since it was made. */
  readonly cpuMicros: number | null;
  readonly oomKills: number | null;
}

type Counted = Omit<Group, "name" | "isContainer">;

/** A directory in which there are control groups, below /sys. */
interface Tree {
  readonly root: string;
  readonly version: 1 | 2;
}

/** Where each controller may be, and the file that says that it is there: `cgroups(7)`. */
const places = {
  memory: [
    ["fs/cgroup", "cgroup.controllers", 2],
    ["fs/cgroup/memory", "memory.usage_in_bytes", 1],
  ],
  cpu: [
    ["fs/cgroup", "cgroup.controllers", 2],
    ["fs/cgroup/cpu,cpuacct", "cpuacct.usage", 1],
    ["fs/cgroup/cpuacct", "cpuacct.usage", 1],
  ],
} as const;

async function treeOf(host: Host, controller: keyof typeof places): Promise<Tree | null> {
  for (const [root, mark, version] of places[controller]) {
    if ((await ifThere(host.list(`/sys/${root}`)))?.includes(mark) === true) return { root, version };
  }
  return null;
}

/** Files stand beside the directories. */
const isFile = (name: string) =>
  /^(?:cgroup|memory|cpu|cpuacct|cpuset|io|pids|hugetlb|misc|rdma|dmem|irq|blkio|devices|freezer|net_cls|net_prio|perf_event)\.|^(?:tasks|notify_on_release|release_agent)$/.test(
    name,
  );

const containerId = /[0-9a-f]{64}/;

/** What is in it belongs to it. A user's own systemd is a service with services in it. */
const isWhole = (name: string) =>
  (/\.(?:service|scope|mount|socket|swap)$/.test(name) && !/^user@\d+\.service$/.test(name)) ||
  /^lxc(?:\.payload)?\./.test(name) ||
  containerId.test(name);

/** Deeper than systemd or an engine nests them, and more than any machine has. */
const deepest = 6;
const mostGroups = 2000;

async function pathsBelow(host: Host, root: string, above = "", depth = 0): Promise<readonly string[]> {
  const names = ((await ifThere(host.list(`/sys/${root}${above}`))) ?? []).filter((name) => !isFile(name));
  const found: string[] = [];
  for (const name of names.slice(0, mostGroups)) {
    const path = `${above}/${name}`;
    const inner = isWhole(name) || depth === deepest ? [] : await pathsBelow(host, root, path, depth + 1);
    found.push(...(inner.length === 0 ? [path] : inner));
  }
  return found.slice(0, mostGroups);
}

const fieldOf = (text: string | null, name: string) =>
  parseCount(new RegExp(`^${name} (\\d+)$`, "m").exec(text ?? "")?.[1]);

/** Some kernels do not count what lies in shared memory. */
const sum = (own: number | null, shared: number | null) => (own === null ? null : own + (shared ?? 0));

async function readCounted(host: Host, tree: Tree, path: string, controller: keyof typeof places) {
  const read = (file: string) => ifThere(host.readSys(`${tree.root}${path}/${file}`)).catch(() => null);
  const isSecond = tree.version === 2;
  if (controller === "cpu") {
    const nanos = isSecond ? null : parseCount((await read("cpuacct.usage"))?.trim());
    const micros = isSecond ? fieldOf(await read("cpu.stat"), "usage_usec") : nanos === null ? null : nanos / 1000;
    return { cpuMicros: micros };
  }
  const stat = await read("memory.stat");
  return {
    memoryBytes: isSecond
      ? sum(fieldOf(stat, "anon"), fieldOf(stat, "shmem"))
      : sum(fieldOf(stat, "total_rss"), fieldOf(stat, "total_shmem")),
    swapBytes: isSecond ? parseCount((await read("memory.swap.current"))?.trim()) : fieldOf(stat, "total_swap"),
    oomKills: fieldOf(await read(isSecond ? "memory.events" : "memory.oom_control"), "oom_kill"),
  };
}

/** The name of the control group at a path: the first part that stands for the whole of it. */
export function groupName(path: string): Pick<Group, "name" | "isContainer"> {
  const parts = path.split("/").filter((part) => part !== "");
  const own = parts.find(isWhole) ?? parts.at(-1) ?? "/";
  const id = containerId.exec(own)?.[0];
  return id === undefined ? { name: own, isContainer: false } : { name: id.slice(0, 12), isContainer: true };
}

const nothing: Counted = { memoryBytes: null, swapBytes: null, cpuMicros: null, oomKills: null };

/** All units and containers with what they use. Empty where there are none, or where they are none of this user's. */
export async function readGroups(host: Host): Promise<readonly Group[]> {
  const groups = new Map<string, Counted>();
  for (const controller of ["memory", "cpu"] as const) {
    const tree = await treeOf(host, controller);
    if (tree === null) continue;
    for (const path of await pathsBelow(host, tree.root)) {
      const counted = await readCounted(host, tree, path, controller);
      groups.set(path, { ...(groups.get(path) ?? nothing), ...counted });
    }
  }
  return [...groups].map(([path, counted]) => Object.assign(groupName(path), counted));
}
