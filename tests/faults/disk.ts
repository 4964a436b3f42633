import { run } from "../support/project.ts";
import type { Life } from "./life.ts";

/** Where a state may lie: in the directory for temporary files, in memory, or on a file system in a file. */
export type FileSystem = "as here" | "tmpfs" | "ext4" | "xfs" | "btrfs";

/** A disk of its own below a life's state. */
export interface Disk extends AsyncDisposable {
  readonly kind: FileSystem;
  /** What a disk that lost its power now would hold takes its place. */
  readonly cutPower: () => Promise<void>;
}

/** The least that each can be made in. */
const sizes: Readonly<Record<FileSystem, string>> = {
  "as here": "",
  tmpfs: "16M",
  ext4: "16M",
  xfs: "300M",
  btrfs: "114M",
};

/** Mounts it on the place of the state. */
export async function openDisk(life: Life, kind: FileSystem): Promise<Disk> {
  const shell = async (script: string) => {
    const { status, stderr } = await run(["sh", "-euc", `cd "$D"; ${script}`], { env: { D: life.directory } });
    if (status !== 0) throw new Error(stderr);
  };
  const mount =
    kind === "tmpfs"
      ? `mount -t tmpfs -o size=${sizes[kind]} tmpfs state`
      : `mount -o ${kind === "xfs" ? "loop,nouuid" : "loop"} disk state`;
  if (kind !== "as here") {
    const make = kind === "tmpfs" ? "" : `truncate -s ${sizes[kind]} disk && mkfs.${kind} -q disk && `;
    await shell(`${make}mkdir state && ${mount} && chmod 700 state && rm -rf state/lost+found`);
  }
  return {
    kind,
    // XFS refuses a copy while the kernel still lets go of the original, which has the same id.
    // What has not been synchronised is in the page cache only.
    cutPower: () => shell(`cp --sparse=always disk image && umount state && mv image disk && ${mount}`),
    [Symbol.asyncDispose]: async () => {
      if (kind !== "as here") await shell("umount state");
    },
  };
}
