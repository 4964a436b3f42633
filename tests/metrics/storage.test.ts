import { expect, test } from "bun:test";

import { storage } from "../../lib/metrics/storage.ts";
import type { FileSystemUsage } from "../../lib/model/host.ts";
import { collectOne, defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost } from "../support/testHost.ts";

const gib = 2 ** 30;
const disk = (part: Partial<FileSystemUsage> = {}): FileSystemUsage => ({
  totalBytes: 100 * gib,
  freeBytes: 60 * gib,
  availableBytes: 55 * gib,
  inodes: 1000,
  inodesFree: 900,
  ...part,
});

const root = "27 1 8:1 / / rw - ext4 /dev/sda1 rw";
const data = "30 27 8:17 / /data rw - xfs /dev/sdb1 ro";

const machine = (mountinfo: readonly string[], statfs: Parameters<typeof testHost>[0]["statfs"] = {}) => ({
  proc: { "self/mountinfo": new Uint8Array(Buffer.from(mountinfo.join("\n"), "latin1")) },
  statfs,
});

test("bytes, percent and inodes are those of df", async () => {
  const value = await collectOne(storage, machine([root], { "/": disk() }));
  expect(observeOne(storage, value)).toEqual({
    'storage_total_bytes{mount="/"}': 100 * gib,
    'storage_used_bytes{mount="/"}': 40 * gib,
    'storage_available_bytes{mount="/"}': 55 * gib,
    'storage_used_percent{mount="/"}': 4000 / 95,
    'storage_pressing_percent{mount="/"}': 4000 / 95,
    'storage_inodes_used_percent{mount="/"}': 10,
    'storage_read_only{mount="/"}': 0,
    'storage_unanswered{mount="/"}': 0,
  });
  expect(describeOne(storage, value)).toMatchObject([
    { label: "Disk /", lines: ["43 %", "40.0 / 100 GiB", "55.0 GiB free"], importance: "core" },
  ]);
});

test("a mount point that is not UTF-8 is asked by its bytes and shown in print", async () => {
  const mountinfo = ["30 27 8:17 / /da\\040ta\xFF rw - xfs /dev/sdb1 rw"];
  const value = await collectOne(storage, machine(mountinfo, { "/da ta\xFF": disk() }));
  expect(value.map(({ mount }) => mount)).toEqual(["/da ta\\xff"]);
});

test("a read-only super block is told, in words and as a number", async () => {
  const value = await collectOne(storage, machine([data], { "/data": disk() }));
  expect(observeOne(storage, value)['storage_read_only{mount="/data"}']).toBe(1);
  expect(describeOne(storage, value)[0]?.lines).toContain("read-only");
});

test("a file system that hangs is named with its reason, and the others are delivered", async () => {
  const hung = new Error("statfs: no answer within 2 s");
  const value = await collectOne(storage, machine([root, data], { "/": disk(), "/data": hung }));
  expect(observeOne(storage, value)).toMatchObject({
    'storage_used_bytes{mount="/"}': 40 * gib,
    'storage_unanswered{mount="/data"}': 1,
    'storage_read_only{mount="/data"}': 1,
  });
  expect(observeOne(storage, value)['storage_used_bytes{mount="/data"}']).toBeUndefined();
  expect(describeOne(storage, value)[1]).toMatchObject({
    label: "Disk /data",
    lines: ["statfs: no answer within 2 s"],
    importance: "core",
  });
});

test("a mount point that this user cannot reach has no row, as in df; with none left that is said", async () => {
  const value = await collectOne(storage, machine([root, data], { "/": disk() }));
  expect(value.map(({ mount }) => mount)).toEqual(["/"]);
  expect(collectOne(storage, machine([data]))).rejects.toThrow("no file system");
});

test("what has no size is no storage", async () => {
  const strange = "40 27 0:60 / /strange rw - newfs none rw";
  const value = await collectOne(
    storage,
    machine([root, strange], { "/": disk(), "/strange": disk({ totalBytes: 0 }) }),
  );
  expect(value.map(({ mount }) => mount)).toEqual(["/"]);
});

const container = machine(
  [
    "27 1 0:45 / / rw - overlay overlay rw,lowerdir=a,upperdir=b",
    "28 27 8:1 /docker/containers/x/hosts /etc/hosts rw - ext4 /dev/sda1 rw",
    "29 27 8:17 / /volume rw - ext4 /dev/sdb1 rw",
    "30 27 8:33 / /twin rw - ext4 /dev/sdc1 rw",
  ],
  {
    "/": disk(),
    "/etc/hosts": disk(),
    "/volume": disk({ totalBytes: 5 * gib, freeBytes: gib }),
    "/twin": disk({ inodes: 2000 }),
  },
);

test("a container shows its root, and not again the disk below it by what is bound from there", async () => {
  const value = await collectOne(storage, container);
  expect(value.map(({ mount }) => mount)).toEqual(["/", "/twin", "/volume"]);
});

test("what is bound into a container is shown when it is asked for by name", async () => {
  const settings = { include: ["/etc/hosts"], exclude: [], network: false };
  const value = await storage.collect(testHost(container), { ...defaultConfig, storage: settings });
  expect(value.map(({ mount }) => mount)).toEqual(["/", "/etc/hosts", "/twin", "/volume"]);
});

test("settings include and exclude, and only what may hang is asked in another process", async () => {
  const mountinfo = [root, data, "31 27 0:50 / /mnt/share rw - nfs4 nas:/share rw", "32 27 0:6 / /run rw - tmpfs t rw"];
  const asked: [string, boolean | undefined][] = [];
  const host = {
    ...testHost(machine(mountinfo)),
    statfs: async (path: Buffer, mayHang?: boolean) => {
      asked.push([path.toString(), mayHang]);
      return disk();
    },
  };
  await storage.collect(host, {
    ...defaultConfig,
    storage: { include: ["/run"], exclude: ["/da*"], network: true },
  });
  expect(asked).toEqual([
    ["/", false],
    ["/mnt/share", true],
    ["/run", false],
  ]);
});

test("high inode use is told, a file system without a table of inodes has none", async () => {
  const [value] = await collectOne(storage, machine([root], { "/": disk({ inodesFree: 99 }) }));
  expect(describeOne(storage, value === undefined ? [] : [value])[0]?.lines).toContain("inodes 91 % used");
  const none = await collectOne(storage, machine([root], { "/": disk({ inodes: 0, inodesFree: 0 }) }));
  expect(observeOne(storage, none)['storage_inodes_used_percent{mount="/"}']).toBeUndefined();
});

test("the last gigabyte of a disk that is not small presses as if it were nearly full", async () => {
  const small = disk({ totalBytes: 12 * gib, freeBytes: 0.9 * gib, availableBytes: 0.9 * gib });
  const value = await collectOne(storage, machine([root], { "/": small }));
  expect(observeOne(storage, value)).toMatchObject({
    'storage_used_percent{mount="/"}': 92.5,
    'storage_pressing_percent{mount="/"}': 95,
  });
});

test("a boot partition is a detail until it is nearly full", async () => {
  const boot = "31 27 8:2 / /boot rw - ext4 /dev/sda2 rw";
  const half = { totalBytes: gib, freeBytes: gib / 2, availableBytes: gib / 2 };
  const importances = async (small: Parameters<typeof disk>[0]) => {
    const value = await collectOne(storage, machine([root, boot], { "/": disk(), "/boot": disk(small) }));
    return describeOne(storage, value).map(({ importance }) => importance);
  };
  expect(await importances(half)).toEqual(["core", "detail"]);
  expect(await importances({ ...half, freeBytes: gib / 8, availableBytes: gib / 8 })).toEqual(["core", "core"]);
});

test("a file system that can hold nothing has no percent", async () => {
  const value = await collectOne(storage, machine([root], { "/": disk({ freeBytes: 100 * gib, availableBytes: 0 }) }));
  expect(observeOne(storage, value)['storage_used_percent{mount="/"}']).toBeUndefined();
  expect(describeOne(storage, value)[0]).not.toHaveProperty("percent");
});
