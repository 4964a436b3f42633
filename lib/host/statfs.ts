import { statfs } from "node:fs/promises";

import { withDeadline } from "../clock.ts";
import type { FileSystemUsage } from "../model/host.ts";
import { fromBigint } from "../proc/number.ts";

/** Asks one file system for its usage. */
export type AskStatfs = (mountPoint: Buffer) => Promise<FileSystemUsage>;

/** The deadline of one file system. */
const deadlineMs = 2000;

/** All ones, which the runtime hands over as a signed number. */
const unknown = -1n;

/**
 * statfs(2), asynchronously. Counted in fragments (`frsize`), which is what the kernel's block counts mean; `bsize` was
 * 256 times wrong on FUSE. In 64-bit integers until the multiplication is done.
 */
export async function callStatfs(mountPoint: Buffer): Promise<FileSystemUsage> {
  const stats = await statfs(mountPoint, { bigint: true });
  const fragment = "frsize" in stats && typeof stats.frsize === "bigint" ? stats.frsize : stats.bsize;
  return {
    totalBytes: fromBigint(stats.blocks * fragment),
    freeBytes: fromBigint(stats.bfree * fragment),
    availableBytes: fromBigint((stats.bavail === unknown ? stats.bfree : stats.bavail) * fragment),
    inodes: fromBigint(stats.files),
    inodesFree: fromBigint(stats.ffree),
  };
}

/** statfs(2) under a deadline of 2 s. Late, it still keeps one of the few threads that all reading of files shares. */
export async function readStatfs(mountPoint: Buffer): Promise<FileSystemUsage> {
  return withDeadline(callStatfs(mountPoint), deadlineMs, "no answer");
}

/**
 * Asks `here` for one after the other, so that a dying disk can hold up one thread and no more. Disks answer in
 * microseconds; once `patienceMs` are over the rest are asked `elsewhere`, all at once.
 */
export function askInTurn(here: AskStatfs, elsewhere: AskStatfs, patienceMs = 300): AskStatfs {
  let asking = 0;
  let turn: Promise<unknown> = Promise.resolve();
  let patience: ReturnType<typeof startPatience> | null = null;
  return async (mountPoint) => {
    patience = asking === 0 || patience === null ? startPatience(patienceMs) : patience;
    asking += 1;
    const { over, isOver, stop } = patience;
    const answer = turn.then(async () => (isOver() ? elsewhere(mountPoint) : here(mountPoint)));
    turn = Promise.race([answer.catch(() => undefined), over]);
    try {
      return await answer;
    } finally {
      asking -= 1;
      if (asking === 0) stop();
    }
  };
}

function startPatience(ms: number) {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  let ended = false;
  const timer = setTimeout(() => {
    ended = true;
    resolve();
  }, ms);
  return { over, isOver: () => ended, stop: () => clearTimeout(timer) };
}
