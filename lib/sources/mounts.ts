import type { Mount } from "./mountinfo.ts";

/** File systems that hold no data of their own, live in memory, or are images that are always full. */
const notDisks = new Set(
  (
    "autofs aufs binfmt_misc bpf cgroup cgroup2 configfs cramfs debugfs devpts devtmpfs efivarfs erofs fusectl " +
    "hugetlbfs iso9660 mqueue nsfs overlay proc pstore ramfs romfs rootfs rpc_pipefs securityfs selinuxfs " +
    "smackfs squashfs sysfs tmpfs tracefs udf"
  ).split(" "),
);

/** File systems behind which a network or a program stands, so that asking them may hang. */
const remote = new Set("9p afs ceph cifs glusterfs lustre nfs nfs4 ncpfs smb3 smbfs virtiofs".split(" "));

const isRemote = (mount: Mount) => remote.has(mount.fsType) || mount.fsType.startsWith("fuse.");

/** One storage is one device, except where many devices or none stand behind it: btrfs by source, ZFS by pool. */
function storageKey(mount: Mount): string {
  if (mount.fsType === "zfs") return `zfs ${mount.source.split("/", 1)[0]}`;
  if (mount.fsType === "btrfs" || mount.fsType === "bcachefs") return `${mount.fsType} ${mount.source}`;
  return mount.device;
}

/** The better of two mounts of one storage to show: `/`, then the whole rather than a part, then the shorter path. */
function preferred(one: Mount, other: Mount): Mount {
  const rank = (mount: Mount) => [
    mount.mountPoint === "/" ? 0 : 1,
    mount.root === "/" ? 0 : 1,
    mount.mountPoint.length,
  ];
  const ranks = rank(one).map((value, index) => value - (rank(other)[index] ?? 0));
  return (ranks.find((difference) => difference !== 0) ?? 0) <= 0 ? one : other;
}

/**
 * The mounts worth a row: real local file systems, each storage once, `/` first and then by path. The root of a
 * container is an overlay; it is shown all the same, because it is the only disk that the container sees.
 */
export function selectMounts(mounts: readonly Mount[]): readonly Mount[] {
  // The last mount on a path hides the ones below it.
  const visible = new Map(mounts.map((mount) => [mount.mountPoint, mount]));
  const storages = new Map<string, Mount>();
  for (const mount of visible.values()) {
    const isContainerRoot = mount.mountPoint === "/" && mount.fsType === "overlay";
    if ((notDisks.has(mount.fsType) && !isContainerRoot) || isRemote(mount)) continue;
    const key = storageKey(mount);
    const known = storages.get(key);
    storages.set(key, known === undefined ? mount : preferred(known, mount));
  }
  return [...storages.values()].sort((one, other) => (one.mountPoint < other.mountPoint ? -1 : 1));
}
