import { expect, test } from "bun:test";

import { inodesUsedPercent, knownUsage, usedBytes, usedPercent } from "../../lib/proc/usage.ts";

const usage = { totalBytes: 1000, freeBytes: 700, availableBytes: 600, inodes: 40, inodesFree: 28 };

test("the percent is df's: the blocks reserved for root are neither used nor free", () => {
  expect(usedBytes(usage)).toBe(300);
  expect(usedPercent(usage)).toBeCloseTo((300 / 900) * 100, 10);
  expect(inodesUsedPercent(usage)).toBe(30);
});

test("a file system that can hold nothing has no percent, one without a table of inodes none of them", () => {
  expect(usedPercent({ ...usage, freeBytes: 1000, availableBytes: 0 })).toBeNull();
  expect(inodesUsedPercent({ ...usage, inodes: 0, inodesFree: 0 })).toBeNull();
});

test("more free than there is counts as nothing used, and of inodes it is not known", () => {
  expect(usedBytes({ ...usage, freeBytes: 2000 })).toBe(0);
  expect(inodesUsedPercent({ ...usage, inodesFree: 50 })).toBeNull();
});

// netdata/netdata#2664, minio/minio#4733, ceph/ceph-csi#3713: ceph_statfs() of the kernel sets f_ffree to -1.
test("all ones mean that the free inodes are not known, as on CephFS", () => {
  expect(knownUsage({ ...usage, inodesFree: -1 })).toEqual({ ...usage, inodes: 0, inodesFree: 0 });
  expect(inodesUsedPercent({ ...usage, inodesFree: -1 })).toBeNull();
});

test("a size that is not known is no size, and less than nothing available is nothing", () => {
  expect(knownUsage({ ...usage, totalBytes: -4096 }).totalBytes).toBe(0);
  expect(knownUsage({ ...usage, freeBytes: -4096 }).totalBytes).toBe(0);
  expect(knownUsage({ ...usage, availableBytes: -20_480_000 }).availableBytes).toBe(0);
  expect(usedPercent({ ...usage, availableBytes: -20_480_000 })).toBeNull();
});
