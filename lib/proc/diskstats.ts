import { knownCount, parseCount } from "./number.ts";

/** The counters of one disk since boot. */
export interface DiskCounters {
  readonly device: string;
  readonly reads: number;
  readonly readBytes: number;
  readonly writes: number;
  readonly writeBytes: number;
  /** Time with a request in flight. The kernel keeps 32 bits of it, which wrap after 49.7 days. */
  readonly busyMilliseconds: number;
}

/** A sector of /proc/diskstats, whatever the disk's own sector is. */
const sectorBytes = 512;

/** Parses /proc/diskstats, `proc_diskstats(5)`. Short lines, which old kernels write for partitions, are skipped. */
export function parseDiskstats(text: string): readonly DiskCounters[] {
  return text.split("\n").flatMap((line) => {
    const [, , device, ...fields] = line.trim().split(/\s+/);
    if (device === undefined || fields.length < 11) return [];
    // The others are not asked: the number of requests in flight is sometimes negative.
    const field = (index: number, unit = 1) => knownCount((parseCount(fields[index]) ?? NaN) * unit);
    const [reads, readBytes] = [field(0), field(2, sectorBytes)];
    const [writes, writeBytes] = [field(4), field(6, sectorBytes)];
    const busyMilliseconds = field(9);
    const isKnown = reads !== null && readBytes !== null && writes !== null && writeBytes !== null;
    if (!isKnown || busyMilliseconds === null) return [];
    return { device, reads, readBytes, writes, writeBytes, busyMilliseconds };
  });
}

/**
 * Memory, images and empty drives; and what stands on other disks that are listed themselves, so that each request would
 * be counted twice: LVM, RAID, ZFS volumes, caches, the paths of a multipath NVMe disk, the corners of an eMMC one.
 */
const notDisk =
  /^(?:(?:loop|ram|zram|fd|sr|dm-|md|zd|bcache|drbd|mtdblock)\d|md_|nvme\d+c\d+n\d+|mmcblk\d+(?:boot|rpmb|gp))/;

/**
 * The whole disks that were ever used. What is a partition is told by the names, as the kernel makes them: the disk's
 * name and a number, with a `p` between when the disk's name ends in a digit. So `xvda1` without an `xvda` is a disk.
 */
export function selectDisks(all: readonly DiskCounters[]): readonly DiskCounters[] {
  const names = new Set(all.map(({ device }) => device));
  const isPartition = (device: string) => {
    const stem = device.replace(/\d+$/, "");
    return stem !== device && (names.has(stem) || (/\dp$/.test(stem) && names.has(stem.slice(0, -1))));
  };
  return all.filter(({ device, reads, writes }) => reads + writes > 0 && !notDisk.test(device) && !isPartition(device));
}
