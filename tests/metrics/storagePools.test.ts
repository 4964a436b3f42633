import { expect, test } from "bun:test";

import { storage } from "../../lib/metrics/storage.ts";
import type { FileSystemUsage } from "../../lib/model/host.ts";
import { collectOne, defaultConfig, describeOne, observeOne } from "../support/measure.ts";
import { testHost, type TestMachine } from "../support/testHost.ts";

const gib = 2 ** 30;

const machine = (mountinfo: readonly string[], statfs: NonNullable<TestMachine["statfs"]>) => ({
  proc: { "self/mountinfo": mountinfo.join("\n") },
  statfs,
});

/** The mount points that have a row. */
const shown = async (mountinfo: readonly string[], statfs: NonNullable<TestMachine["statfs"]>) =>
  (await collectOne(storage, machine(mountinfo, statfs))).map(({ mount }) => mount);

const root = "31 1 8:1 / / rw - ext4 /dev/sda1 rw";
const disk = (part: Partial<FileSystemUsage> = {}) => ({
  totalBytes: 100 * gib,
  freeBytes: 60 * gib,
  availableBytes: 55 * gib,
  inodes: 1_000_000,
  inodesFree: 900_000,
  ...part,
});

/** A dataset: its own data, and the free space that it shares or that a quota leaves. */
const dataset = (used: number, available: number): Partial<FileSystemUsage> => ({
  totalBytes: used + available,
  freeBytes: available,
  availableBytes: available,
});

let nextId = 60;
const zfs = (source: string, mountPoint = `/${source}`) =>
  `${nextId} 31 0:${nextId++} / ${mountPoint} rw - zfs ${source} rw`;

test("of a ZFS pool the fullest dataset has the row, not the empty one at its top", async () => {
  const value = await collectOne(
    storage,
    machine([root, zfs("tank"), zfs("tank/media"), zfs("tank/small")], {
      "/": disk(),
      "/tank": dataset(131_072, 107_374_182_400),
      "/tank/media": dataset(7_892_625_817_600, 107_374_182_400),
      "/tank/small": dataset(gib, 107_374_182_400),
    }),
  );
  expect(value.map(({ mount }) => mount)).toEqual(["/", "/tank/media"]);
  expect(observeOne(storage, value)['storage_used_percent{mount="/tank/media"}']).toBeCloseTo(98.658, 2);
});

test("a dataset with a quota is a storage of its own; those below it, which share what is left of it, are not", async () => {
  const mounts = [root, zfs("tank"), zfs("tank/home"), zfs("tank/home/ann"), zfs("tank/home/bob"), zfs("tank/vm")];
  const statfs = {
    "/": disk(),
    "/tank": dataset(gib, 900 * gib),
    "/tank/home": dataset(gib, 0),
    "/tank/home/ann": dataset(5 * gib, 0),
    "/tank/home/bob": dataset(4 * gib, 0),
    "/tank/vm": dataset(90 * gib, 900 * gib),
  };
  expect(await shown(mounts, statfs)).toEqual(["/", "/tank/home/ann", "/tank/vm"]);
});

test("two quotas that are both used up are two storages", async () => {
  const mounts = [root, zfs("tank"), zfs("tank/a"), zfs("tank/b")];
  const statfs = {
    "/": disk(),
    "/tank": dataset(gib, 900 * gib),
    "/tank/a": dataset(gib, 0),
    "/tank/b": dataset(gib, 0),
  };
  expect(await shown(mounts, statfs)).toEqual(["/", "/tank", "/tank/a", "/tank/b"]);
});

test("a pool without a byte left has one row, although all of its datasets are full", async () => {
  const mounts = [root, zfs("tank"), zfs("tank/a"), zfs("tank/b")];
  const full = {
    "/": disk(),
    "/tank": dataset(gib, 0),
    "/tank/a": dataset(3 * gib, 0),
    "/tank/b": dataset(2 * gib, 0),
  };
  expect(await shown(mounts, full)).toEqual(["/", "/tank/a"]);
});

test("free space that was read a moment apart, or in other record sizes, is the same free space", async () => {
  const mounts = [root, zfs("tank"), zfs("tank/media")];
  const statfs = {
    "/": disk(),
    "/tank": dataset(gib, 900 * gib),
    "/tank/media": dataset(90 * gib, 900 * gib - 9 * 2 ** 20),
  };
  expect(await shown(mounts, statfs)).toEqual(["/", "/tank/media"]);
});

test("the root on ZFS keeps its row beside a fuller dataset of its pool", async () => {
  const mounts = [zfs("rpool/ROOT/pve-1", "/"), zfs("rpool"), zfs("rpool/data")];
  const statfs = {
    "/": dataset(10 * gib, 300 * gib),
    "/rpool": dataset(131_072, 300 * gib),
    "/rpool/data": dataset(500 * gib, 300 * gib),
  };
  expect(await shown(mounts, statfs)).toEqual(["/", "/rpool/data"]);
});

test("a snapshot that somebody looked into is always full and no storage", async () => {
  const mounts = [root, zfs("tank"), zfs("tank@daily", "/tank/.zfs/snapshot/daily")];
  const statfs = {
    "/": disk(),
    "/tank": dataset(gib, 900 * gib),
    "/tank/.zfs/snapshot/daily": dataset(gib, 0),
  };
  expect(await shown(mounts, statfs)).toEqual(["/", "/tank"]);
});

test("a pool that hangs is told once", async () => {
  const hung = new Error("statfs: no answer within 2 s");
  const mounts = [root, zfs("tank"), zfs("tank/a"), zfs("tank/b"), zfs("pool")];
  expect(
    await shown(mounts, { "/": disk(), "/tank": hung, "/tank/a": hung, "/tank/b": hung, "/pool": dataset(1, gib) }),
  ).toEqual(["/", "/pool", "/tank"]);
});

const overlay = "600 500 0:60 / / rw - overlay overlay rw,lowerdir=/l,upperdir=/u,workdir=/w";
const engines = "610 600 8:1 /var/lib/docker/containers/c/hosts /etc/hosts rw - ext4 /dev/sda1 rw";
const second = (device: string) => `611 600 ${device} / /data rw - ext4 /dev/sdb1 rw`;

test("a container's second disk has a row although it is as large as the first", async () => {
  const full = { freeBytes: gib, availableBytes: 0, inodesFree: 890_000 };
  const statfs = { "/": disk(), "/etc/hosts": disk(), "/data": disk(full) };
  expect(await shown([overlay, engines, second("8:17")], statfs)).toEqual(["/", "/data"]);
  expect(await shown([overlay, second("8:17")], statfs)).toEqual(["/", "/data"]);
});

test("a container's second disk has a row even while both disks hold the same", async () => {
  const statfs = { "/": disk(), "/etc/hosts": disk(), "/data": disk() };
  expect(await shown([overlay, engines, second("8:17")], statfs)).toEqual(["/", "/data"]);
});

test("what is bound into a container from its root's disk has no row", async () => {
  const volume = "611 600 8:1 /srv /data rw - ext4 /dev/sda1 rw";
  const later = disk({ freeBytes: 60 * gib - 4096, availableBytes: 55 * gib - 4096, inodesFree: 899_999 });
  expect(await shown([overlay, engines, volume], { "/": disk(), "/etc/hosts": later, "/data": later })).toEqual(["/"]);
  // Podman keeps /etc/hosts in memory: then all that moves has to agree.
  expect(await shown([overlay, volume], { "/": disk(), "/data": later })).toEqual(["/"]);
});

test("a container whose root has a quota shows the disk that the rest is bound from", async () => {
  const volume = "611 600 8:1 /srv /data rw - ext4 /dev/sda1 rw";
  const limited = disk({ totalBytes: 10 * gib, freeBytes: 5 * gib, availableBytes: 5 * gib });
  expect(await shown([overlay, volume], { "/": limited, "/data": disk() })).toEqual(["/", "/data"]);
});

test("in a chroot whose root is no mount point the root is asked all the same", async () => {
  const value = await collectOne(storage, machine(["65 27 0:40 / /proc rw - proc proc rw"], { "/": disk() }));
  expect(value).toMatchObject([{ mount: "/", device: "-", fsType: "-", readOnly: null }]);
  expect(observeOne(storage, value)).not.toHaveProperty('storage_read_only{mount="/"}');
  expect(describeOne(storage, value)[0]).toMatchObject({ label: "Disk /", importance: "core" });
});

test("an NTFS disk is a local disk, asked with care because a program serves it", async () => {
  const asked: [string, boolean | undefined][] = [];
  const host = {
    ...testHost(machine([root, "40 31 8:33 / /mnt/usb rw - fuseblk /dev/sdc1 rw"], {})),
    statfs: async (path: Buffer, mayHang?: boolean) => {
      asked.push([path.toString(), mayHang]);
      return disk();
    },
  };
  expect((await storage.collect(host, defaultConfig)).map(({ mount }) => mount)).toEqual(["/", "/mnt/usb"]);
  expect(asked).toEqual([
    ["/", false],
    ["/mnt/usb", true],
  ]);
});

test("a /tmp or /run in memory is judged always, and has a row when it is nearly full", async () => {
  const mounts = [
    root,
    "41 31 0:40 / /tmp rw - tmpfs tmpfs rw",
    "42 31 0:41 / /run rw - tmpfs tmpfs rw",
    "43 42 0:42 / /run/user/1000 rw - tmpfs tmpfs rw",
  ];
  const memory = { totalBytes: gib, freeBytes: gib / 10, availableBytes: gib / 10, inodes: 1000, inodesFree: 990 };
  const value = await collectOne(
    storage,
    machine(mounts, { "/": disk(), "/tmp": memory, "/run": { ...memory, availableBytes: gib, freeBytes: gib } }),
  );
  expect(describeOne(storage, value).map(({ label }) => label)).toEqual(["Disk /", "Disk /tmp"]);
  const seen = observeOne(storage, value);
  expect(seen['storage_pressing_percent{mount="/tmp"}']).toBe(90);
  expect(seen['storage_used_percent{mount="/tmp"}']).toBe(90);
  expect(Object.keys(seen).filter((key) => key.includes('"/run"'))).toEqual([
    'storage_pressing_percent{mount="/run"}',
    'storage_inodes_used_percent{mount="/run"}',
  ]);
});

test("a layer over another file system is no second disk", async () => {
  const mounts = [root, "44 31 0:50 / /home/ann rw - ecryptfs /home/.ecryptfs/ann rw"];
  expect(await shown(mounts, { "/": disk(), "/home/ann": disk() })).toEqual(["/"]);
});

// moghtech/komodo#1499
test("files and directories that are bound into a container do not count their disk again and again", async () => {
  const bound = ["/opt", "/etc/komodo", "/config/keys", "/etc/resolv.conf", "/etc/hostname", "/usr/sbin/docker-init"];
  const binds = bound.map(
    (path, index) => `${700 + index} 600 259:2 /srv/${index} ${path} rw - ext4 /dev/nvme0n1p2 rw`,
  );
  const hosts = "699 600 259:2 /var/lib/docker/containers/c/hosts /etc/hosts rw - ext4 /dev/nvme0n1p2 rw";
  const statfs = Object.fromEntries(["/", "/etc/hosts", ...bound].map((path) => [path, disk()]));
  expect(await shown([overlay, hosts, ...binds], statfs)).toEqual(["/"]);
});

// nextcloud/serverinfo#647
test("what masks parts of /proc and /sys in a container is no disk", async () => {
  const masks = ["/dev", "/dev/shm", "/proc/acpi", "/proc/scsi", "/sys/firmware"].map(
    (path, index) => `${800 + index} 600 0:${80 + index} / ${path} ro - tmpfs tmpfs ro`,
  );
  const hosts = "610 600 252:4 /docker/containers/c/hosts /etc/hosts rw - xfs /dev/vda4 rw";
  const xfs = {
    totalBytes: 84_991_254_528,
    freeBytes: 78_304_739_328,
    availableBytes: 78_304_739_328,
    inodes: 41_519_104,
  };
  const statfs = { "/": { ...xfs, inodesFree: 41_400_000 }, "/etc/hosts": { ...xfs, inodesFree: 41_399_998 } };
  expect(await shown([overlay, hosts, ...masks], statfs)).toEqual(["/"]);
});

// netdata/netdata#14666
test("what NixOS binds from its root is the root, also where it is mounted read-only", async () => {
  const binds = ["/nix/store", "/etc/netdata"].map(
    (path, index) => `${900 + index} 31 8:1 ${path} ${path} ro,relatime - ext4 /dev/sda1 rw`,
  );
  const value = await collectOne(
    storage,
    machine([root, ...binds], { "/": disk(), "/nix/store": disk(), "/etc/netdata": disk() }),
  );
  expect(value).toMatchObject([{ mount: "/", readOnly: false }]);
});

test("whatever a pool holds, the fullest of its datasets has a row, and no two rows share free space", async () => {
  let seed = 7;
  const below = (most: number) => (seed = (seed * 48_271) % 2_147_483_647) % most;
  for (let round = 0; round < 200; round++) {
    const free = below(2) === 0 ? 0 : below(900) * gib;
    const names = Array.from({ length: 1 + below(12) }, (_, index) => (index === 0 ? "tank" : `tank/${index}`));
    const sizes = names.map((name) => {
      const hasQuota = name !== "tank" && below(3) === 0;
      return [`/${name}`, dataset(below(500) * gib, hasQuota ? Math.floor(free / (2 + below(5))) : free)] as const;
    });
    const value = await collectOne(
      storage,
      machine([root, ...names.map((name) => zfs(name))], { "/": disk(), ...Object.fromEntries(sizes) }),
    );
    const percentOf = (used: number, available: number) =>
      used + available === 0 ? 0 : (used * 100) / (used + available);
    const usages = value.slice(1).flatMap(({ usage }) => (usage === null ? [] : [usage]));
    const shownMost = Math.max(...usages.map((one) => percentOf(one.totalBytes - one.freeBytes, one.availableBytes)));
    const all = sizes.map(([, one]) =>
      percentOf((one.totalBytes ?? 0) - (one.freeBytes ?? 0), one.availableBytes ?? 0),
    );
    // A dataset that can hold nothing has no percent, and no row that would be missed.
    if (Math.max(...all) > 0) expect([round, shownMost]).toEqual([round, Math.max(...all)]);
    const shared = usages.filter(({ availableBytes }) => availableBytes === free);
    expect([round, shared.length <= 1]).toEqual([round, true]);
  }
});
