import { expect, test } from "bun:test";

import { inodesUsedPercent, usedBytes, usedPercent } from "../../lib/proc/usage.ts";

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

test("more free than there is counts as nothing used", () => {
  expect(usedBytes({ ...usage, freeBytes: 2000 })).toBe(0);
  expect(inodesUsedPercent({ ...usage, inodesFree: 50 })).toBe(0);
});
