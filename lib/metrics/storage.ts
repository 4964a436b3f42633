import * as v from "valibot";

import { errorMessage } from "../errors.ts";
import { FileSystemUsage, type Host, Unavailable } from "../model/host.ts";
import { defineMetric, type Row, type Wording } from "../model/metric.ts";
import { gauge, type Labels, type Observation, observationKey, observations } from "../model/observation.ts";
import { nameOfBytes, parseMountinfo } from "../proc/mountinfo.ts";
import { type SelectedMount, selectMounts } from "../proc/mounts.ts";
import { leaveOutTwins } from "../proc/sharedSpace.ts";
import { inodesUsedPercent, knownUsage, pressingPercent, usedBytes, usedPercent } from "../proc/usage.ts";
import type { MetricSettings } from "../model/settings.ts";

const schema = v.array(
  v.object({
    /** The mount point: printable, and different for each. */
    mount: v.string(),
    device: v.string(),
    fsType: v.string(),
    /** Null where it is not known, in a chroot. */
    readOnly: v.nullable(v.boolean()),
    /** Set where it lives in memory: of interest only when it is nearly full. */
    onlyWhenFull: v.exactOptional(v.literal(true)),
    /** Null when the file system did not answer; `problem` says why. */
    usage: v.nullable(FileSystemUsage),
    problem: v.nullable(v.string()),
  }),
);

/**
 * The machine's file systems, one entry a storage. Sources: /proc/self/mountinfo, `proc_pid_mountinfo(5)`, and
 * statfs(2) of each.
 */
export type Storage = v.InferOutput<typeof schema>;
type FileSystem = Storage[number];

/** A mount that was asked. */
interface Asked extends SelectedMount {
  readonly usage: FileSystemUsage | null;
  readonly problem: string | null;
}

async function ask(host: Host, selected: SelectedMount): Promise<Asked | null> {
  const { mount, mayHang } = selected;
  try {
    const usage = knownUsage(await host.statfs(Buffer.from(mount.mountPoint, "latin1"), mayHang));
    return { ...selected, usage, problem: null };
  } catch (error) {
    // Below a directory that this user may not enter; df leaves it out as well.
    if (error instanceof Unavailable) return null;
    return { ...selected, usage: null, problem: errorMessage(error) };
  }
}

function fileSystemOf({ mount, name, included, inMemory, usage, problem }: Asked): FileSystem {
  const { source, fsType, readOnly } = mount;
  return {
    mount: name,
    device: nameOfBytes(source),
    fsType,
    readOnly,
    ...(inMemory && !included ? { onlyWhenFull: true } : {}),
    usage,
    problem,
  };
}

async function collectStorage(host: Host, { storage: settings }: MetricSettings): Promise<Storage> {
  const mounts = parseMountinfo(await host.readProc("self/mountinfo", "latin1"));
  const asked = await Promise.all(selectMounts(mounts, settings).map((selected) => ask(host, selected)));
  // A storage of no size is a pseudo file system that we do not know by name.
  const sized = asked.filter((one) => one !== null).filter(({ usage }) => usage?.totalBytes !== 0);
  const own = new Set(leaveOutTwins(sized, mounts));
  const shown = sized.filter((one) => one.included || own.has(one));
  if (shown.length === 0) throw new Unavailable("no file system with a size is mounted");
  return shown.map(fileSystemOf);
}

/** It lives in memory and is not nearly full: then nothing but its judgement is of interest. */
const isQuiet = (one: FileSystem) => one.onlyWhenFull === true && one.mount !== "/" && fullness(one) < 80;

/** Boot partitions stay off the card until nearly full. */
const isMinor = ({ mount, usage }: FileSystem) =>
  /^\/(boot|efi)(\/|$)/.test(mount) && usage !== null && fullness({ usage }) < 80;

/** The fuller of bytes and inodes; what did not answer may be full. */
const fullness = ({ usage }: Pick<FileSystem, "usage">): number =>
  usage === null ? 100 : Math.max(usedPercent(usage) ?? 0, inodesUsedPercent(usage) ?? 0);

const namesJudged = [
  "storage_pressing_percent",
  "storage_full_in_hours",
  "storage_inodes_used_percent",
  "storage_read_only",
  "storage_unanswered",
] as const;
type DiskRow = Row<(typeof namesJudged)[number] | "storage_used_percent">;

function describeFileSystem(
  fileSystem: FileSystem,
  importance: Row["importance"],
  { format, words }: Wording,
): DiskRow {
  const { mount, usage, problem, readOnly } = fileSystem;
  const labels = { mount };
  const about = namesJudged.map((name) => observationKey({ name, labels }));
  const label = words.disk.label(mount);
  if (usage === null) {
    const lines = [problem === null ? words.disk.failed : words.row.reason(problem)];
    return { label, number: "?", lines, importance, about };
  }
  const [used, inodes] = [usedPercent(usage), inodesUsedPercent(usage)];
  const shareOf = (what: "used" | "inodes_used", share: number) =>
    words.percentUp(share, words.thresholdsOf(`storage_${what}_percent`, labels));
  const free = words.disk.free(format.bytes(usage.availableBytes));
  const lines = [
    ...(used === null ? [] : [shareOf("used", used)]),
    format.bytesOf(usedBytes(usage), usage.totalBytes),
    free,
    ...(readOnly ? [words.disk.readOnly] : []),
    ...(inodes !== null && inodes >= 80 ? [words.disk.inodes(shareOf("inodes_used", inodes))] : []),
  ];
  const trends = observationKey({ name: "storage_used_percent", labels });
  const remark = readOnly ? words.disk.readOnly : free;
  return { label, ...(used === null ? {} : { percent: used }), lines, remark, importance, about, trends };
}

const semantic = (what: "limit" | "usage" | "utilization", state?: "free" | "used") => {
  const attributes = state === undefined ? {} : { attributes: { "system.filesystem.state": state } };
  const labels = { mount: "system.filesystem.mountpoint" };
  return { otlp: { name: `system.filesystem.${what}`, labels, ...attributes, additive: what !== "utilization" } };
};

/** The forecast time until a file system is full, hours; null without a forecast. */
export const observeFullIn = (labels: Labels, hours: number | null): readonly Observation<"storage_full_in_hours">[] =>
  observations("storage", { full_in_hours: hours }, labels);

/** Every local file system, as `df` shows it: used, available, percent, inodes. */
export const storage = defineMetric({
  order: 20,
  title: (words) => words.storage.title,
  schema,
  core: true,
  definitions: {
    storage_total_bytes: gauge("bytes", "Size of the file system.", semantic("limit")),
    storage_used_bytes: gauge("bytes", "Used, as df(1) prints it.", semantic("usage", "used")),
    storage_available_bytes: gauge("bytes", "Free for users, without the reserved blocks.", semantic("usage", "free")),
    storage_used_percent: gauge("percent", "Used share of what users can use, as df(1).", {
      label: (words, { mount = "" }) => words.disk.label(mount),
      roundsUp: true,
      amount: "storage_used_bytes",
      left: "storage_available_bytes",
      ...semantic("utilization", "used"),
    }),
    storage_pressing_percent: gauge(
      "percent",
      "Used share, but at least 95 % with less than 1 GiB of 10 or more left.",
    ),
    storage_inodes_used_percent: gauge("percent", "Used share of the inodes."),
    storage_full_in_hours: gauge("hours", "Until it is full as it filled up in six hours; 31 days for later or never."),
    storage_read_only: gauge("count", "1 when the file system itself is read-only."),
    storage_unanswered: gauge("count", "1 when the file system could not be asked, or hung."),
  },
  collect: collectStorage,
  observe: (now) =>
    now.flatMap((one) => {
      const { mount, usage, readOnly } = one;
      const judged = usage && {
        pressing_percent: pressingPercent(usage),
        inodes_used_percent: inodesUsedPercent(usage),
      };
      if (isQuiet(one)) return observations("storage", { ...judged }, { mount });
      const sizes = usage && {
        total_bytes: usage.totalBytes,
        used_bytes: usedBytes(usage),
        available_bytes: usage.availableBytes,
        used_percent: usedPercent(usage),
      };
      const oneFor = (state: boolean) => (state ? 1 : 0);
      const states = { read_only: readOnly === null ? null : oneFor(readOnly), unanswered: oneFor(usage === null) };
      return observations("storage", { ...sizes, ...judged, ...states }, { mount });
    }),
  describe: (now, _earlier, wording) =>
    now.filter((one) => !isQuiet(one)).map((one) => describeFileSystem(one, isMinor(one) ? "detail" : "core", wording)),
});
