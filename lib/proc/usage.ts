import type { FileSystemUsage } from "../model/host.ts";

/*
 * What df(1) makes of statfs(2). Some network and FUSE file systems report more free than there is: never below zero.
 */

/** Bytes in use, by users and by root. */
export function usedBytes(usage: FileSystemUsage): number {
  return Math.max(0, usage.totalBytes - usage.freeBytes);
}

/** What is used of what users can use; blocks reserved for root are neither. Null where nothing can be used. */
export function usedPercent(usage: FileSystemUsage): number | null {
  const reachable = usedBytes(usage) + usage.availableBytes;
  return reachable === 0 ? null : exactPercent(usedBytes(usage), reachable);
}

const gib = 1024 ** 3;

/** The used share, for judging: the last gigabyte of a disk that is not small counts as nearly full, whatever its share. */
export function pressingPercent(usage: FileSystemUsage): number | null {
  const used = usedPercent(usage);
  const isLastGigabyte = usage.totalBytes >= 10 * gib && usage.availableBytes < gib;
  return used !== null && isLastGigabyte ? Math.max(used, 95) : used;
}

/** Used share of the inodes; null where they are made as they are needed, as on btrfs. */
export function inodesUsedPercent({ inodes, inodesFree }: FileSystemUsage): number | null {
  return inodes === 0 ? null : exactPercent(Math.max(0, inodes - inodesFree), inodes);
}

/** Multiplied before it is divided: 12 of 40 is 30 %, and a hair more would be rounded up to 31. */
const exactPercent = (part: number, whole: number) => (part * 100) / whole;
