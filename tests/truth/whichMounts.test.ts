import { expect } from "bun:test";
import * as v from "valibot";

import { storage } from "../../lib/metrics/storage.ts";
import { observationKey } from "../../lib/model/observation.ts";

import { type Namespace, openNamespace } from "../support/namespace.ts";
import { binary, testWith } from "../support/needs.ts";
import { projectRoot } from "../support/project.ts";
import { parseShown, type Shown, show, valueOf } from "../support/shown.ts";

const fileSystemsOf = ({ readings }: Shown) => v.parse(storage.schema, readings["storage"]?.value);

/** Mount points with their size, what is used and what is available, as `df` prints it. */
const sizesOf = (shown: Shown) =>
  Object.fromEntries(
    fileSystemsOf(shown).map(({ mount, usage }) => [
      mount,
      usage && [usage.totalBytes, usage.totalBytes - usage.freeBytes, usage.availableBytes],
    ]),
  );

async function df(machine: Namespace, path: string): Promise<number[]> {
  const text = await machine.shell(`df -B1 --output=size,used,avail "${path}"`);
  return (text.split("\n")[1] ?? "").trim().split(/ +/).map(Number);
}

/** Shows what a program sees that has this directory of the namespace for its root. */
const showBelow = async (machine: Namespace, root: string) =>
  parseShown(await machine.run(["chroot", root, "/server-metrics", ...show.slice(1)]));

testWith("mkfs.ext4")(
  "two disks of one size in a container are two, and what is bound from the first is not",
  async () => {
    await using machine = await openNamespace();
    const root = `${machine.directory}/root`;
    await machine.shell(`
    for disk in one two; do
      truncate -s 200M $W/$disk.image; mkfs.ext4 -q $W/$disk.image; mkdir $W/$disk; mount -o loop $W/$disk.image $W/$disk
    done
    mkdir $W/one/upper $W/one/work $W/one/volume ${root}
    mount -t overlay -o lowerdir=/,upperdir=$W/one/upper,workdir=$W/one/work overlay ${root}
    mkdir ${root}/data ${root}/volume; touch ${root}/server-metrics
    mount -t proc proc ${root}/proc
    mount --bind ${binary} ${root}/server-metrics
    mount --bind $W/two ${root}/data
    mount --bind $W/one/volume ${root}/volume
    head -c 100M /dev/zero >${root}/here
    cat /dev/zero >${root}/data/full 2>/dev/null || :
    sync`);
    const sizes = sizesOf(await showBelow(machine, root));
    const expected = { "/": await df(machine, root), "/data": await df(machine, `${machine.directory}/two`) };
    expect(sizes).toMatchObject(expected);
    expect(Object.keys(sizes)).not.toContain("/volume");
  },
);

testWith()("a chroot whose root is no mount point shows the file system that its root lies on", async () => {
  await using machine = await openNamespace();
  const root = `${machine.directory}/jail`;
  await machine.shell(`
    mkdir -p ${root}/proc; mount -t proc proc ${root}/proc
    cp ${binary} ${root}/server-metrics
    ldd ${binary} | grep -o '/[^ ]*' | while read -r library; do
      mkdir -p "${root}$(dirname "$library")"; cp "$library" "${root}$library"
    done`);
  expect(sizesOf(await showBelow(machine, root))).toEqual({ "/": await df(machine, root) });
});

testWith("mkfs.ntfs", "ntfs-3g")("an NTFS disk has a row that equals `df`", async () => {
  await using machine = await openNamespace();
  const usb = `${machine.directory}/usb`;
  await machine.shell(`
    truncate -s 32M $W/usb.image; mkfs.ntfs -q -F $W/usb.image >/dev/null; mkdir ${usb}
    device=$(losetup --find --show $W/usb.image)
    ntfs-3g "$device" ${usb}
    losetup --detach "$device"
    head -c 9000000 /dev/zero >${usb}/data; sync`);
  try {
    const shown = parseShown(await machine.run(show));
    expect(fileSystemsOf(shown).find(({ mount }) => mount === usb)?.fsType).toBe("fuseblk");
    expect(sizesOf(shown)).toMatchObject({ [usb]: await df(machine, usb) });
  } finally {
    await machine.shell(`umount ${usb}`);
  }
});

testWith()("a /tmp or /run in memory has a row when it is nearly full, and is judged before", async () => {
  await using machine = await openNamespace();
  // What lies over this clone would hide the program.
  const directory = projectRoot.startsWith("/tmp/") ? "/run" : "/tmp";
  await machine.shell(`mount -t tmpfs -o size=10M tmpfs ${directory}; head -c 2M /dev/zero >${directory}/data`);
  const percentOf = async (name: string) =>
    parseShown(await machine.run(show)).observations.find(({ key }) => key === `${name}{mount="${directory}"}`)?.value;
  expect(await percentOf("storage_used_percent")).toBeUndefined();
  expect(await percentOf("storage_pressing_percent")).toBe(20);
  await machine.shell(`head -c 9M /dev/zero >${directory}/data`);
  expect(await percentOf("storage_used_percent")).toBe(90);
});

testWith("btrfs", "mkfs.btrfs")("a btrfs mirror that lacks a disk is degraded, and has a rule", async () => {
  await using machine = await openNamespace();
  await machine.shell(`
    for disk in one two; do truncate -s 200M $W/$disk.image; done
    first=$(losetup --find --show $W/one.image); second=$(losetup --find --show $W/two.image)
    mkfs.btrfs -q -f -d raid1 -m raid1 "$first" "$second" >/dev/null
    losetup --detach "$second"; btrfs device scan --forget
    mkdir $W/mirror; mount -o degraded "$first" $W/mirror; losetup --detach "$first"`);
  const filesystem = `${machine.directory}/mirror`;
  const shown = parseShown(await machine.run(show));
  expect(valueOf(shown, observationKey({ name: "btrfs_devices_missing", labels: { filesystem } }))).toBe(1);
  expect(shown.verdict).toBe("critical");
  expect(await machine.shell(`btrfs filesystem show ${filesystem} 2>&1`)).toMatch(/missing/i);
});
