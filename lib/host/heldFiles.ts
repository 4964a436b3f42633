import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";

import type { HeldFile } from "../model/host.ts";

/** More than any process has open that anybody wants to read of. */
const mostFiles = 200_000;

/**
 * Files of a file system that have no name any more and still take its room, because a process has them open. Source: the
 * links in /proc/[pid]/fd, `proc_pid_fd(5)`. Those of other users only root may read.
 */
export function heldFiles(mountPoint: string): readonly HeldFile[] {
  const device = orNull(() => statSync(mountPoint).dev);
  const found = new Map<number, HeldFile>();
  let left = mostFiles;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const descriptor of orNull(() => readdirSync(`/proc/${pid}/fd`)) ?? []) {
      const link = `/proc/${pid}/fd/${descriptor}`;
      left -= 1;
      if (left < 0 || orNull(() => readlinkSync(link))?.endsWith(" (deleted)") !== true) continue;
      const stat = orNull(() => statSync(link));
      // In all processes that have it open it is one file.
      if (stat === null || stat.dev !== device || stat.nlink > 0 || found.has(stat.ino)) continue;
      const process = orNull(() => readFileSync(`/proc/${pid}/comm`, "utf8").trim()) ?? pid;
      found.set(stat.ino, { process, bytes: stat.blocks * 512 });
    }
  }
  return [...found.values()];
}

/** Processes end while they are looked at. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
