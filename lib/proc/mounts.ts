import type { StorageSettings } from "../model/settings.ts";
import { matchesMount } from "../settings/globs.ts";
import { type Mount, nameOfBytes } from "./mountinfo.ts";

/** A mount worth a row. */
export interface SelectedMount {
  readonly mount: Mount;
  /** Its mount point as it is shown, and as settings name it. */
  readonly name: string;
  /** Asking it may never return, because a network or a program stands behind it. */
  readonly mayHang: boolean;
  /** A setting asks for this very mount. */
  readonly included: boolean;
  /** Lives in memory: worth a row only when it is nearly full, unless a setting asks for it. */
  readonly inMemory: boolean;
}

const words = (text: string) => new Set(text.split(" "));

/** File systems that hold no data of their own, are a layer over another one, or live in memory. */
const notDisks = words(
  "aufs autofs binder binfmt_misc bpf cgroup cgroup2 configfs debugfs devpts devtmpfs ecryptfs efivarfs fuse.gvfsd-fuse " +
    "fuse.lxcfs fuse.portal fusectl hugetlbfs mqueue nsfs overlay proc pstore ramfs resctrl rootfs rpc_pipefs securityfs " +
    "selinuxfs shiftfs smackfs sysfs tmpfs tracefs",
);

/** Images, which are always full. */
const images = words("cramfs erofs fuse.snapfuse fuse.squashfuse iso9660 romfs squashfs udf");

/** File systems behind which a network or the host of a virtual machine stands; autofs mounts one when it is asked. */
const remote = words(
  "9p afs autofs beegfs ceph cifs coda fuse gfs2 glusterfs gpfs hostfs lustre ncpfs nfs nfs4 ocfs2 orangefs prl_fs " +
    "pvfs2 smb3 smbfs vboxsf virtiofs vmhgfs",
);

/** Whether a network stands behind it, or a program. */
export const isRemote = ({ fsType }: Mount): boolean => remote.has(fsType) || fsType.startsWith("fuse.");

/** A program on this machine serves a disk of this machine, as ntfs-3g does: local, and may hang. */
const isServedDisk = ({ fsType }: Mount) => fsType === "fuseblk";

/** Full, these stop services, although they hold no data that stays. */
const isVital = ({ fsType, mountPoint }: Mount) =>
  fsType === "tmpfs" && (mountPoint === "/tmp" || mountPoint === "/run");

/** A snapshot is as large as what it holds, so it is always full. `zfsprops(7)` has it below `.zfs/snapshot`. */
const isSnapshot = ({ fsType, source }: Mount) => fsType === "zfs" && source.includes("@");

/** The root is shown whatever it is, because a container or a live system has no other; only an image is always full. */
const isUsual = (mount: Mount, settings: StorageSettings) =>
  !images.has(mount.fsType) &&
  !isSnapshot(mount) &&
  (mount.mountPoint === "/" ||
    isVital(mount) ||
    (!notDisks.has(mount.fsType) && (settings.network || !isRemote(mount))));

/** The identity of a storage: its device, or its source when it has several devices or none. */
export function storageKey({ fsType, source, device }: Mount): string {
  return ["btrfs", "bcachefs", "zfs"].includes(fsType) ? `${fsType} ${source}` : device;
}

/** In a chroot the root need not be a mount point. What it lies on is not known; df(1) prints dashes. */
const unknownRoot: Mount = {
  id: "",
  parent: "",
  device: "",
  root: "",
  mountPoint: "/",
  fsType: "-",
  source: "-",
  readOnly: null,
};

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

/** `/a/b` lies below `/a` and `/`. */
const above = (path: string) => Array.from(path.matchAll(/\//g), ({ index }) => path.slice(0, Math.max(1, index)));

/** The mounts that a path leads to: not those below a later mount on the same path or on a directory above it. */
function selectVisible(mounts: readonly Mount[]): readonly Mount[] {
  const place = (parent: string, path: string) => `${parent} ${path}`;
  const last = new Map(mounts.map((mount, index) => [place(mount.parent, mount.mountPoint), index]));
  const covered = new Set<string>();
  const reachable = mounts.filter(({ id, parent, mountPoint }, index) => {
    const isCovered =
      covered.has(parent) ||
      above(mountPoint).some((path) => path !== mountPoint && (last.get(place(parent, path)) ?? -1) > index);
    if (isCovered) covered.add(id);
    return !isCovered;
  });
  return [...new Map(reachable.map((mount) => [mount.mountPoint, mount])).values()];
}

const withRoot = (visible: readonly Mount[]) =>
  visible.length === 0 || visible.some(({ mountPoint }) => mountPoint === "/") ? visible : [unknownRoot, ...visible];

/**
 * The mounts to ask: real file systems, each storage once, and what the settings ask for by name; sorted by path. What
 * is excluded does not come back under the name of another mount of the same storage.
 */
export function selectMounts(mounts: readonly Mount[], settings: StorageSettings): readonly SelectedMount[] {
  const visible = withRoot(selectVisible(mounts));
  const named = visible.map((mount) => ({ mount, name: nameOfBytes(mount.mountPoint) }));
  const included = new Set(named.filter(({ name }) => matchesMount(name, settings.include)).map(({ mount }) => mount));
  const storages = new Map<string, Mount>();
  for (const { mount } of named) {
    if (!isUsual(mount, settings)) continue;
    const key = storageKey(mount);
    const known = storages.get(key);
    storages.set(key, known === undefined ? mount : preferred(known, mount));
  }
  const chosen = new Set([...storages.values(), ...included]);
  return named
    .filter(({ mount, name }) => chosen.has(mount) && !matchesMount(name, settings.exclude))
    .map(({ mount, name }) => ({
      mount,
      name,
      // Without its root nothing of this program would run either.
      mayHang: (isRemote(mount) || isServedDisk(mount)) && mount.mountPoint !== "/",
      included: included.has(mount),
      inMemory: isVital(mount),
    }))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
