import { expect, test } from "bun:test";

import { parseMountinfo } from "../../lib/proc/mountinfo.ts";
import { selectMounts } from "../../lib/proc/mounts.ts";

const defaults = { include: [], exclude: [], network: false };

/** The names of the mounts that are shown of a mountinfo. */
function shown(
  lines: readonly string[],
  settings: Partial<Parameters<typeof selectMounts>[1]> = {},
): readonly string[] {
  return selectMounts(parseMountinfo(lines.join("\n")), { ...defaults, ...settings }).map(({ name }) => name);
}

const root = "27 1 8:1 / / rw - ext4 /dev/sda1 rw";
const proc = "28 27 0:5 / /proc rw - proc proc rw";
const shm = "35 27 0:7 / /dev/shm rw - tmpfs tmpfs rw";
const run = "29 27 0:6 / /run rw - tmpfs tmpfs rw";
const data = "30 27 8:17 / /data rw - xfs /dev/sdb1 rw";
const share = "31 27 0:50 / /mnt/share rw - nfs4 nas:/share rw";
const sshfs = "32 27 0:51 / /mnt/ssh rw - fuse.sshfs host:/ rw";

test("real file systems are shown; what lives in memory, on a network or behind a program is not", () => {
  expect(shown([root, proc, shm, data, share, sshfs, "33 27 0:52 / /mnt/bindfs rw - fuse /srv rw"])).toEqual([
    "/",
    "/data",
  ]);
});

test("network and FUSE file systems are shown when they are asked for, and asked with care", () => {
  const mounts = selectMounts(parseMountinfo([root, share, sshfs].join("\n")), { ...defaults, network: true });
  expect(mounts.map(({ name, mayHang }) => [name, mayHang])).toEqual([
    ["/", false],
    ["/mnt/share", true],
    ["/mnt/ssh", true],
  ]);
});

test("an included mount is shown whatever it is, also beside another one of the same disk", () => {
  const bind = "34 27 8:17 /part /srv/part rw - xfs /dev/sdb1 rw";
  expect(shown([root, run, data, bind, share], { include: ["/run", "/srv/*", "/mnt/share"] })).toEqual([
    "/",
    "/data",
    "/mnt/share",
    "/run",
    "/srv/part",
  ]);
});

test("an excluded mount is left out, included or not, and no other mount of its storage steps in", () => {
  const bind = "34 27 8:17 /part /srv/part rw - xfs /dev/sdb1 rw";
  expect(shown([root, data, bind], { exclude: ["/data"] })).toEqual(["/"]);
  expect(shown([root, data], { include: ["/data"], exclude: ["/d*"] })).toEqual(["/"]);
});

test.each([
  ["/mnt/*", "/mnt/a", true],
  ["/mnt/*", "/mnt/a/b", false],
  ["/mnt/**", "/mnt/a/b", true],
  ["/mnt/scratch*", "/mnt/scratch\\0402", true],
  ["/mnt/{a,b}", "/mnt/b", true],
  ["/mnt/[", "/mnt/[", true],
  ["/mnt/caf\\xe9", "/mnt/caf\xE9", true],
])("the pattern %s and the mount point %s", (pattern, mountPoint, matches) => {
  expect(shown([root, `30 27 8:17 / ${mountPoint} rw - xfs /dev/sdb1 rw`], { exclude: [pattern] }).length).toBe(
    matches ? 1 : 2,
  );
});

test("a disk is shown once: by its root, whole rather than in part, by its shortest path", () => {
  expect(shown(["30 27 8:1 /home /home rw - ext4 /dev/sda1 rw", root])).toEqual(["/"]);
  expect(
    shown([root, "30 27 8:17 /part /a rw - xfs /dev/sdb1 rw", "31 27 8:17 / /longer rw - xfs /dev/sdb1 rw"]),
  ).toEqual(["/", "/longer"]);
});

test("btrfs subvolumes are one storage by their device, ZFS datasets are told apart once their sizes are known", () => {
  expect(
    shown([
      "27 1 0:30 /root / rw - btrfs /dev/sda2 rw,subvol=/root",
      "28 27 0:31 /home /home rw - btrfs /dev/sda2 rw,subvol=/home",
      "29 27 0:40 / /tank rw - zfs tank rw",
      "30 27 0:41 / /tank/media rw - zfs tank/media rw",
      "31 27 0:42 / /tanker rw - zfs tanker rw",
    ]),
  ).toEqual(["/", "/tank", "/tank/media", "/tanker"]);
});

test("the last mount on a path wins", () => {
  expect(shown([root, data, "40 30 8:33 / /data rw - ext4 /dev/sdc1 rw"])).toEqual(["/", "/data"]);
  expect(shown([root, data, "40 30 0:60 / /data rw - tmpfs tmpfs rw"])).toEqual(["/"]);
});

test("a mount that lies under a later one cannot be reached, nor can what is mounted in it", () => {
  const inner = "35 27 8:33 / /data/inner rw - ext4 /dev/sdc1 rw";
  const innermost = "36 35 8:49 / /data/inner/most rw - ext4 /dev/sdd1 rw";
  expect(shown([root, inner, innermost, "37 27 8:17 / /data rw - xfs /dev/sdb1 rw"])).toEqual(["/", "/data"]);
  expect(shown([root, data, "38 30 8:33 / /data/inner rw - ext4 /dev/sdc1 rw"])).toEqual(["/", "/data", "/data/inner"]);
});

test("the root of a container is shown although it is an overlay, one in the network too, but not an image", () => {
  const image = "31 27 0:46 / /var/lib/docker/overlay2/x/merged rw - overlay overlay rw";
  expect(shown(["27 1 0:45 / / rw - overlay overlay rw", image])).toEqual(["/"]);
  const [network] = selectMounts(parseMountinfo("27 1 0:45 / / rw - nfs4 server:/root rw"), defaults);
  expect(network).toMatchObject({ name: "/", mayHang: false });
  expect(shown(["27 1 7:0 / / ro - squashfs /dev/loop0 ro", data])).toEqual(["/data"]);
});
