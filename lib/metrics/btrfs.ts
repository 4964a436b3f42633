import * as v from "valibot";

import { type Host, ifThere, Unavailable } from "../model/host.ts";
import { defineMetric } from "../model/metric.ts";
import { gauge, observationKey, observations } from "../model/observation.ts";
import { type Mount, nameOfBytes, parseMountinfo } from "../proc/mountinfo.ts";
import { parseCount, parseFlag } from "../proc/number.ts";
import type { RowWords } from "../words/en/rows.ts";

const schema = v.array(
  v.object({
    /** Its shortest mount point; if none is found, its label or its UUID. */
    filesystem: v.string(),
    devices: v.number(),
    /** Null where the kernel does not say. */
    missing: v.nullable(v.number()),
    /** Device errors since the last reset, over all boots. */
    errors: v.nullable(v.number()),
  }),
);

/**
 * The btrfs file systems of several devices that are mounted. Source: /sys/fs/btrfs/UUID/devinfo/ID/missing (Linux 5.6)
 * and error_stats (5.14), `btrfs(5)`.
 */
export type Btrfs = v.InferOutput<typeof schema>;
type FileSystem = Btrfs[number];

async function collectBtrfs(host: Host): Promise<Btrfs> {
  const entries = (await ifThere(host.list("/sys/fs/btrfs"))) ?? [];
  const uuids = entries.filter((name) => /^[0-9a-f]{8}-/.test(name));
  const mounts = parseMountinfo(await host.readProc("self/mountinfo", "latin1")).filter(
    ({ fsType }) => fsType === "btrfs",
  );
  // In a container /sys shows what the host has mounted.
  if (mounts.length === 0) throw new Unavailable("no btrfs of several devices");
  const all = await Promise.all(uuids.map((uuid) => readFileSystem(host, uuid, mounts)));
  const several = all.filter(({ devices }) => devices > 1);
  if (several.length === 0) throw new Unavailable("no btrfs of several devices");
  return several.toSorted((one, other) => (one.filesystem < other.filesystem ? -1 : 1));
}

async function readFileSystem(host: Host, uuid: string, mounts: readonly Mount[]): Promise<FileSystem> {
  const directory = `fs/btrfs/${uuid}`;
  const read = (name: string) => ifThere(host.readSys(`${directory}/${name}`));
  // 0 is the place of a device that is about to replace another one.
  const ids = ((await ifThere(host.list(`/sys/${directory}/devinfo`))) ?? []).filter((id) => id !== "0");
  const missing = await Promise.all(ids.map(async (id) => parseFlag(await read(`devinfo/${id}/missing`))));
  const errors = await Promise.all(ids.map(async (id) => countErrors(await read(`devinfo/${id}/error_stats`))));
  const devices = new Set((await ifThere(host.list(`/sys/${directory}/devices`))) ?? []);
  const label = (await read("label"))?.trim();
  return {
    filesystem: mountPointOf(devices, mounts) ?? (label || uuid),
    devices: ids.length,
    missing: sum(missing),
    errors: sum(errors),
  };
}

function mountPointOf(devices: ReadonlySet<string>, mounts: readonly Mount[]): string | null {
  const points = mounts
    .filter(({ source }) => devices.has(source.replace(/^.*\//, "")))
    .map(({ mountPoint }) => nameOfBytes(mountPoint));
  return points.toSorted((one, other) => one.length - other.length)[0] ?? null;
}

/** Lines such as `write_errs 0`. */
function countErrors(text: string | null): number | null {
  return text === null
    ? null
    : sum(Array.from(text.matchAll(/^\w+_errs (\d+)$/gm), ([, digits]) => parseCount(digits)));
}

/** Null when one of them is not known. */
const sum = (counts: readonly (number | null)[]) =>
  counts.reduce((total, count) => (total === null || count === null ? null : total + count), 0);

const isDegraded = ({ missing }: FileSystem) => missing !== null && missing > 0;

function linesOf(one: FileSystem, { btrfs: words }: RowWords): readonly string[] {
  const { devices, missing, errors } = one;
  return [
    ...(missing === null
      ? [words.devices(devices)]
      : [isDegraded(one) ? words.degraded : words.complete, words.present(devices - missing, devices)]),
    ...(errors === null || errors === 0 ? [] : [words.errors(errors)]),
  ];
}

/** btrfs over several devices: is one missing? */
export const btrfs = defineMetric({
  order: 145,
  title: (words) => words.btrfs.title,
  schema,
  definitions: {
    btrfs_devices_missing: gauge("count", "Devices that the file system lacks; above 0 it is degraded."),
    btrfs_device_errors: gauge("count", "Errors that its devices have counted, over all boots."),
  },
  collect: collectBtrfs,
  observe: (now) =>
    now.flatMap(({ filesystem, missing, errors }) => [
      ...observations("btrfs", { devices_missing: missing, device_errors: errors }, { filesystem }),
    ]),
  describe: (now, _earlier, { words }) =>
    now.map((one) => ({
      label: words.btrfs.label(one.filesystem),
      lines: linesOf(one, words),
      importance: isDegraded(one) ? "notable" : "detail",
      about: [observationKey({ name: "btrfs_devices_missing", labels: { filesystem: one.filesystem } })],
    })),
});
