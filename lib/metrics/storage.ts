import * as v from "valibot";

import { percentUp } from "../format.ts";
import type { Format } from "../format.ts";
import { type Host, type Metric, type Row, observationKey } from "../metric.ts";
import { type Mount, parseMountinfo } from "../sources/mountinfo.ts";
import { selectMounts } from "../sources/mounts.ts";

const usageSchema = v.object({
  totalBytes: v.number(),
  freeBytes: v.number(),
  availableBytes: v.number(),
  inodes: v.number(),
  inodesFree: v.number(),
});

const schema = v.array(
  v.object({
    mount: v.string(),
    device: v.string(),
    fsType: v.string(),
    readOnly: v.boolean(),
    /** Null when the file system did not answer; `problem` says why. */
    usage: v.nullable(usageSchema),
    problem: v.nullable(v.string()),
  }),
);

/**
 * The machine's file systems, one entry a storage. Sources: /proc/self/mountinfo, `proc_pid_mountinfo(5)`, and
 * statfs(2) of each.
 */
export type Storage = v.InferOutput<typeof schema>;
type FileSystem = Storage[number];
type Usage = v.InferOutput<typeof usageSchema>;

const usedBytes = (usage: Usage) => usage.totalBytes - usage.freeBytes;

/** Multiplied before it is divided: 12 of 40 is 30 %, and a hair more would be rounded up to 31. */
const exactPercent = (part: number, whole: number) => (part * 100) / whole;

/** As `df`: what is used, of what users can use; the blocks reserved for root are neither. */
const usedPercent = (usage: Usage) => {
  const reachable = usedBytes(usage) + usage.availableBytes;
  return reachable === 0 ? 100 : exactPercent(usedBytes(usage), reachable);
};

const inodesUsedPercent = (usage: Usage) => exactPercent(usage.inodes - usage.inodesFree, usage.inodes);

async function readFileSystem(host: Host, mount: Mount): Promise<FileSystem> {
  const bytes = Buffer.from(mount.mountPoint, "latin1");
  const facts = {
    mount: bytes.toString(),
    device: Buffer.from(mount.source, "latin1").toString(),
    fsType: mount.fsType,
    readOnly: mount.readOnly,
  };
  try {
    return { ...facts, usage: await host.statfs(bytes), problem: null };
  } catch (error) {
    return { ...facts, usage: null, problem: error instanceof Error ? error.message : "could not be read" };
  }
}

/** A container's bind mounts show the disk that its root already shows. */
const isRootAgain = (root: FileSystem | undefined, other: FileSystem) =>
  root?.fsType === "overlay" &&
  other !== root &&
  root.usage?.totalBytes === other.usage?.totalBytes &&
  root.usage?.inodes === other.usage?.inodes;

async function collectStorage(host: Host): Promise<Storage> {
  const mounts = selectMounts(parseMountinfo(await host.readProc("self/mountinfo", "latin1")));
  const all = await Promise.all(mounts.map((mount) => readFileSystem(host, mount)));
  const root = all.find(({ mount }) => mount === "/");
  // A storage of no size is a pseudo file system that we do not know by name.
  return all.filter((fileSystem) => fileSystem.usage?.totalBytes !== 0 && !isRootAgain(root, fileSystem));
}

/** Rows that the card shows by itself; what is over them is counted, and shown when it is news. */
const rowsInCard = 6;

function describeFileSystem({ mount, usage, problem, readOnly }: FileSystem, format: Format): Omit<Row, "importance"> {
  const about = ["storage_used_percent", "storage_inodes_used_percent"].map((name) =>
    observationKey({ name, labels: { mount } }),
  );
  const label = `Disk ${mount}`;
  if (usage === null) return { label, lines: [problem ?? "could not be read"], about };
  const lines = [
    percentUp(usedPercent(usage)),
    `${format.bytesOf(usedBytes(usage), usage.totalBytes)}, ${format.bytes(usage.availableBytes)} left`,
    ...(readOnly ? ["read-only"] : []),
    ...(usage.inodes > 0 && inodesUsedPercent(usage) >= 80 ? [`inodes ${percentUp(inodesUsedPercent(usage))}`] : []),
  ];
  return { label, percent: usedPercent(usage), lines, about };
}

/** Every local file system, as `df` shows it: used, available, percent, inodes. */
export const storage: Metric<Storage> = {
  title: "Storage",
  schema,
  core: true,
  sampled: false,
  definitions: {
    storage_total_bytes: { unit: "bytes", type: "gauge", help: "Size of the file system." },
    storage_used_bytes: { unit: "bytes", type: "gauge", help: "Used, as df(1) prints it." },
    storage_available_bytes: { unit: "bytes", type: "gauge", help: "Free for users, without the reserved blocks." },
    storage_used_percent: { unit: "percent", type: "gauge", help: "Used share of what users can use, as df(1)." },
    storage_inodes_used_percent: { unit: "percent", type: "gauge", help: "Used share of the inodes." },
    storage_read_only: { unit: "count", type: "gauge", help: "1 when the file system itself is read-only." },
  },
  collect: collectStorage,
  observe: (now) =>
    now.flatMap(({ mount, usage, readOnly }) => {
      const labels = { mount };
      const readOnlyNow = { name: "storage_read_only", labels, value: readOnly ? 1 : 0 };
      if (usage === null) return [readOnlyNow];
      return [
        { name: "storage_total_bytes", labels, value: usage.totalBytes },
        { name: "storage_used_bytes", labels, value: usedBytes(usage) },
        { name: "storage_available_bytes", labels, value: usage.availableBytes },
        { name: "storage_used_percent", labels, value: usedPercent(usage) },
        ...(usage.inodes > 0 ? [{ name: "storage_inodes_used_percent", labels, value: inodesUsedPercent(usage) }] : []),
        readOnlyNow,
      ];
    }),
  describe: (now, _earlier, format) => {
    const fullness = ({ mount, usage }: FileSystem) =>
      mount === "/" ? 101 : usage === null ? 100.5 : usedPercent(usage);
    const shown = new Set(now.toSorted((one, other) => fullness(other) - fullness(one)).slice(0, rowsInCard));
    const rows = now.map((fileSystem): Row => ({
      ...describeFileSystem(fileSystem, format),
      importance: shown.has(fileSystem) ? "core" : "detail",
    }));
    const hidden = now.length - shown.size;
    const more: Row = { label: "More disks", lines: [`+${hidden} more, less full`], importance: "core", about: [] };
    return hidden === 0 ? rows : [...rows, more];
  },
};
