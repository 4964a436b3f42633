import { expect, test } from "bun:test";

import { openFiles, parseFileNr } from "../../lib/metrics/openFiles.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

// collectd/collectd#1493.
test("open files are the allocated ones less the unused", () => {
  expect(parseFileNr("885\t0\t2466165\n")).toEqual({ open: 885, limit: 2_466_165 });
  expect(parseFileNr("885\t85\t1000\n")).toEqual({ open: 800, limit: 1000 });
});

test("2^63 - 1 is no limit, and then there is no percent", () => {
  const now = parseFileNr("1184\t0\t9223372036854775807\n");
  expect(now).toEqual({ open: 1184, limit: null });
  expect(observeOne(openFiles, now)).toEqual({ open_files_open: 1184 });
  expect(describeOne(openFiles, now)).toMatchObject([{ lines: ["1,184 (no limit)"], importance: "detail" }]);
});

// netdata/netdata#10327. Root may open more than the limit, and the two counts are not read in one moment.
test("more open than the limit is 100 %, and fewer than none are none", () => {
  expect(observeOne(openFiles, parseFileNr("1200\t0\t1000\n"))).toMatchObject({ open_files_used_percent: 100 });
  expect(parseFileNr("10\t12\t1000\n").open).toBe(0);
  expect(() => parseFileNr("94208\t0\t-98304\n")).toThrow("malformed");
});

test("what is not three numbers is a failure, and a missing file is unavailable", () => {
  expect(() => parseFileNr("885\t0\n")).toThrow("/proc/sys/fs/file-nr is malformed");
  expect(() => parseFileNr("885\t0\t1000")).toThrow("/proc/sys/fs/file-nr is malformed");
  expect(collectOne(openFiles, {})).rejects.toBeInstanceOf(Unavailable);
});

test.each([
  [699, "detail"],
  [700, "notable"],
] as const)("%d of 1000 open files are %p", async (open, importance) => {
  const now = await collectOne(openFiles, { proc: { "sys/fs/file-nr": `${open}\t0\t1000\n` } });
  expect(observeOne(openFiles, now)).toEqual({
    open_files_open: open,
    open_files_limit: 1000,
    open_files_used_percent: open / 10,
  });
  expect(Object.keys(observeOne(openFiles, now))).toEqual(Object.keys(openFiles.definitions));
  expect(describeOne(openFiles, now)).toMatchObject([
    { percent: open / 10, lines: ["70 %", `${open} / 1,000`], importance },
  ]);
});
