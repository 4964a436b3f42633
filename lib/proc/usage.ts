import type { FileSystemUsage } from "../model/host.ts";
import { knownCount, knownSize, sharePercent } from "./number.ts";

/*
 * What df(1) makes of statfs(2). Some network and FUSE file systems report more free than there is: never below zero.
 */

/**
 * What of statfs(2) can be true. All ones mean "unknown" there, and CephFS answers so for its free inodes. A file system
 * whose size is not known has none here; where the inodes are not known it is as if there were no table of them.
 */
export function knownUsage(told: FileSystemUsage): FileSystemUsage {
  const [total, free] = [knownSize(told.totalBytes), knownSize(told.freeBytes)];
  const [inodes, inodesFree] = [knownCount(told.inodes), knownCount(told.inodesFree)];
  const areInodesKnown = inodes !== null && inodesFree !== null && inodesFree <= inodes;
  return {
    totalBytes: total === null || free === null ? 0 : total,
    freeBytes: free ?? 0,
    // What root has taken of its reserve makes it negative, and then users have nothing.
    availableBytes: knownSize(told.availableBytes) ?? 0,
    inodes: areInodesKnown ? inodes : 0,
    inodesFree: areInodesKnown ? inodesFree : 0,
  };
}

/** Bytes in use, by users and by root. */
export function usedBytes(usage: FileSystemUsage): number {
  return Math.max(0, usage.totalBytes - usage.freeBytes);
}

/** The used share of the space for users; blocks reserved for root count in neither. Null when there is no such space. */
export function usedPercent(usage: FileSystemUsage): number | null {
  return sharePercent(usedBytes(usage), usedBytes(usage) + usage.availableBytes);
}

const gib = 1024 ** 3;

/** The used share, for judging: the last gigabyte of a disk that is not small counts as nearly full, whatever its share. */
export function pressingPercent(usage: FileSystemUsage): number | null {
  const used = usedPercent(usage);
  const isLastGigabyte = usage.totalBytes >= 10 * gib && usage.availableBytes < gib;
  return used !== null && isLastGigabyte ? Math.max(used, 95) : used;
}

/** Used share of the inodes; null where they are made as they are needed, as on btrfs, and where more are free than there are. */
export function inodesUsedPercent({ inodes, inodesFree }: FileSystemUsage): number | null {
  return sharePercent(inodes - inodesFree, inodes);
}
