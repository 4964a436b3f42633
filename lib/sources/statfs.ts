import { statfs } from "node:fs/promises";

import { withDeadline } from "../deadline.ts";
import type { FileSystemUsage } from "../metric.ts";

const deadlineMs = 2000;

/**
 * statfs(2), asynchronously and under a deadline, because a hung mount never answers. Counted in fragments (`frsize`),
 * which is what the kernel's block counts mean; `bsize` was 256 times wrong on FUSE. In 64-bit integers until the
 * multiplication is done.
 */
export async function readStatfs(mountPoint: Buffer): Promise<FileSystemUsage> {
  const stats = await withDeadline(statfs(mountPoint, { bigint: true }), deadlineMs, "no answer");
  const fragment = "frsize" in stats && typeof stats.frsize === "bigint" ? stats.frsize : stats.bsize;
  return {
    totalBytes: Number(stats.blocks * fragment),
    freeBytes: Number(stats.bfree * fragment),
    availableBytes: Number(stats.bavail * fragment),
    inodes: Number(stats.files),
    inodesFree: Number(stats.ffree),
  };
}
