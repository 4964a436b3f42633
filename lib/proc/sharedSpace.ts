import type { FileSystemUsage } from "../model/host.ts";
import type { Mount } from "./mountinfo.ts";
import { storageKey } from "./mounts.ts";
import { usedBytes, usedPercent } from "./usage.ts";

/*
 * Which of the file systems that were asked are one and the same space. Sizes alone never tell: two disks may be equally
 * large, and every dataset of a ZFS pool has a size of its own.
 */

/** A mount with what statfs(2) said of it; null when it did not answer. */
export interface AskedMount {
  readonly mount: Mount;
  readonly usage: FileSystemUsage | null;
}

/** Of each space the file system that stands for it, and the root in any case. */
export function leaveOutTwins<Asked extends AskedMount>(
  asked: readonly Asked[],
  mounts: readonly Mount[],
): readonly Asked[] {
  const root = asked.find(isRoot);
  const once = asked.filter((other) => root === undefined || isRoot(other) || !isRootAgain(root, other, mounts));
  const pools = Map.groupBy(once.filter(isDataset), ({ mount }) => poolOf(mount));
  const ofPools = new Set([...pools.values()].flatMap(spacesOfPool));
  return once.filter((one) => !isDataset(one) || isRoot(one) || ofPools.has(one));
}

const isRoot = ({ mount }: AskedMount) => mount.mountPoint === "/";
const isDataset = ({ mount }: AskedMount) => mount.fsType === "zfs";
const poolOf = ({ source }: Mount) => source.split("/", 1)[0] ?? "";

/** Directories in which container engines keep the files that they bind over those of a container's /etc. */
const engineDirectory = /\/(containers|overlay-containers|sandboxes)\//;
const boundByEngines = new Set(["/etc/hosts", "/etc/hostname", "/etc/resolv.conf"]);

/**
 * The root of a container is a layer over a disk, and what is bound into the container often lies on the same disk. An
 * engine keeps its layers beside the files that it binds over /etc, and these have the disk's number. Where they do not
 * tell, everything that moves has to agree as well.
 */
function isRootAgain(root: AskedMount, other: AskedMount, mounts: readonly Mount[]): boolean {
  const [ofRoot, ofOther] = [root.usage, other.usage];
  if (!/overlay|aufs/.test(root.mount.fsType) || ofRoot === null || ofOther === null) return false;
  // A limit of the container's own makes it a space of its own on the same disk.
  if (ofRoot.totalBytes !== ofOther.totalBytes) return false;
  const below = mounts.find(
    ({ mountPoint, root: directory, fsType }) =>
      boundByEngines.has(mountPoint) && engineDirectory.test(directory) && fsType !== "tmpfs",
  );
  if (below !== undefined) return storageKey(below) === storageKey(other.mount);
  return (
    isAbout(ofRoot.freeBytes, ofOther.freeBytes, ofRoot.totalBytes) &&
    isAbout(ofRoot.availableBytes, ofOther.availableBytes, ofRoot.totalBytes) &&
    isAbout(ofRoot.inodes, ofOther.inodes, ofRoot.inodes) &&
    isAbout(ofRoot.inodesFree, ofOther.inodesFree, ofRoot.inodes)
  );
}

/** Equal but for what happens between two calls of statfs(2). */
const isAbout = (one: number, other: number, whole: number) => Math.abs(one - other) <= whole / 10_000;

/** A dataset that answered. */
interface Dataset<Asked> {
  readonly asked: Asked;
  readonly source: string;
  readonly usage: FileSystemUsage;
}

interface Space<Asked> {
  readonly freeBytes: number;
  readonly members: Dataset<Asked>[];
}

/**
 * Datasets share the free space of the one above them, unless a quota or a reservation gives them other free space. Of
 * those that share, the fullest stands for all: statfs(2) counts as used only what a dataset holds itself. In a pool of
 * which none answered, the first stands for it.
 */
function spacesOfPool<Asked extends AskedMount>(datasets: readonly Asked[]): readonly Asked[] {
  const answered = datasets
    .flatMap((asked) => (asked.usage === null ? [] : [{ asked, source: asked.mount.source, usage: asked.usage }]))
    .toSorted((one, other) => (one.source < other.source ? -1 : 1));
  if (answered.length === 0) return datasets.slice(0, 1);
  const pool: Space<Asked> = {
    freeBytes: Math.max(...answered.map(({ usage }) => usage.availableBytes)),
    members: [],
  };
  const spaces = new Map<string, Space<Asked>>();
  for (const dataset of answered) {
    const { source, usage } = dataset;
    const above = spaceAbove(spaces, source) ?? pool;
    const space = isSameFreeSpace(usage.availableBytes, above.freeBytes)
      ? above
      : { freeBytes: usage.availableBytes, members: [] };
    space.members.push(dataset);
    spaces.set(source, space);
  }
  return [...new Set(spaces.values())].flatMap(({ members }) => fullest(members)?.asked ?? []);
}

/** The space of the nearest dataset above that is mounted. */
function spaceAbove<T>(spaces: ReadonlyMap<string, T>, source: string): T | undefined {
  const end = source.lastIndexOf("/");
  if (end === -1) return undefined;
  const above = source.slice(0, end);
  return spaces.get(above) ?? spaceAbove(spaces, above);
}

/** ZFS counts in records of up to 16 MiB, and the pool is written to between two calls. */
const isSameFreeSpace = (one: number, other: number) =>
  Math.abs(one - other) <= Math.max(16 * 1024 ** 2, Math.max(one, other) / 1000);

function fullest<Asked>(members: readonly Dataset<Asked>[]): Dataset<Asked> | undefined {
  const percentOf = ({ usage }: Dataset<Asked>) => usedPercent(usage) ?? 0;
  return members.toSorted(
    (one, other) => percentOf(other) - percentOf(one) || usedBytes(other.usage) - usedBytes(one.usage),
  )[0];
}
