import { expect, test } from "bun:test";

import { diskIo } from "../../lib/metrics/diskIo.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { parseDiskstats, selectDisks } from "../../lib/proc/diskstats.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

interface Counters {
  readonly reads?: number;
  readonly readSectors?: number;
  readonly writes?: number;
  readonly writeSectors?: number;
  readonly busy?: number;
}

const line = (device: string, { reads = 1, readSectors = 0, writes = 0, writeSectors = 0, busy = 0 }: Counters = {}) =>
  ` 254       0 ${device} ${reads} 28870 ${readSectors} 84140 ${writes} 32683 ${writeSectors} 104422 0 ${busy} 194298 15285 29 20151544 5725 193 10\n`;

const collect = (text: string) => collectOne(diskIo, { proc: { diskstats: text } });

const between = async (before: Counters, now: Counters, seconds = 10, window: "sample" | "report" = "report") => {
  const since = { before: await collect(line("vda", before)), seconds };
  return { value: await collect(line("vda", now)), earlier: { sample: null, report: null, [window]: since } };
};

const names = (devices: string) =>
  selectDisks(
    parseDiskstats(
      devices
        .split(" ")
        .map((device) => line(device))
        .join(""),
    ),
  ).map(({ device }) => device);

test("a sector is 512 bytes", () => {
  expect(parseDiskstats(line("vda", { reads: 5, readSectors: 10, writes: 6, writeSectors: 20, busy: 17 }))).toEqual([
    { device: "vda", reads: 5, readBytes: 5120, writes: 6, writeBytes: 10_240, busyMilliseconds: 17 },
  ]);
});

test("lines of old kernels, with 11 numbers for a disk and 4 for a partition, are understood", () => {
  const old = "   8    0 sda 1 2 3 4 5 6 7 8 9 10 11\n   8    1 sda1 1 2 3 4\n";
  expect(parseDiskstats(old).map(({ device }) => device)).toEqual(["sda"]);
});

test.each([
  ["sda sda1 sda15 sdaa sdaa1", "sda sdaa"],
  ["sda sdap sdap1", "sda sdap"],
  ["sda sdab1 sdap1", "sda sdab1 sdap1"],
  ["vda vda1 xvda xvda1 hda hda5", "vda xvda hda"],
  ["nvme0n1 nvme0n1p1 nvme0n10 nvme1n1", "nvme0n1 nvme0n10 nvme1n1"],
  ["mmcblk0 mmcblk0p1 mmcblk0boot0 mmcblk0boot1 mmcblk0rpmb", "mmcblk0"],
  ["nbd0 nbd0p1 rbd0 rbd0p1 dasda dasda1", "nbd0 rbd0 dasda"],
])("of %p the whole disks are %p", (all, disks) => {
  expect(names(all)).toEqual(disks.split(" "));
});

test("a partition name without its disk is a disk, as on old Xen machines", () => {
  expect(names("xvda1 xvda2")).toEqual(["xvda1", "xvda2"]);
});

test("memory, images, drives and what stands on other disks are skipped", () => {
  expect(names("loop0 ram0 zram0 fd0 sr0 dm-0 dm-12 md0 md127 md0p1 zd16 bcache0 drbd1 nvme0c0n1 sda")).toEqual([
    "sda",
  ]);
});

test("a disk that was never used is none", () => {
  expect(collect(line("vda", { reads: 0, writes: 0 }))).rejects.toBeInstanceOf(Unavailable);
  expect(collectOne(diskIo, {})).rejects.toBeInstanceOf(Unavailable);
});

test.each(["sample", "report"] as const)("totals and rates over the %s window are observed", async (window) => {
  const before = { reads: 100, readSectors: 1000, writes: 10, writeSectors: 0, busy: 1000 };
  const now = { reads: 200, readSectors: 3000, writes: 30, writeSectors: 4000, busy: 3500 };
  const { value, earlier } = await between(before, now, 10, window);
  const labels = `{device="vda",window="${window}"}`;
  expect(observeOne(diskIo, value, earlier)).toEqual({
    'disk_io_read_bytes_total{device="vda"}': 1_536_000,
    'disk_io_write_bytes_total{device="vda"}': 2_048_000,
    'disk_io_reads_total{device="vda"}': 200,
    'disk_io_writes_total{device="vda"}': 30,
    'disk_io_busy_seconds_total{device="vda"}': 3.5,
    [`disk_io_read_bytes_per_second${labels}`]: 102_400,
    [`disk_io_write_bytes_per_second${labels}`]: 204_800,
    [`disk_io_reads_per_second${labels}`]: 10,
    [`disk_io_writes_per_second${labels}`]: 2,
    [`disk_io_busy_percent${labels}`]: 25,
  });
});

const busyKey = 'disk_io_busy_percent{device="vda",window="report"}';

test("the busy time wraps at 32 bits and goes on", async () => {
  const { value, earlier } = await between({ busy: 2 ** 32 - 1000 }, { busy: 4000 });
  expect(observeOne(diskIo, value, earlier)[busyKey]).toBe(50);
});

test("busy for a little longer than the window is 100 %", async () => {
  const { value, earlier } = await between({ busy: 0 }, { busy: 10_040 });
  expect(observeOne(diskIo, value, earlier)[busyKey]).toBe(100);
});

test.each([
  ["reads fell", { reads: 50 }, { reads: 20 }],
  ["the busy time fell by more than a wrap explains", { busy: 5_000_000 }, { busy: 100 }],
  ["the busy time grew by more than the time that passed", { busy: 0 }, { busy: 90_000 }],
])("when %s it is another disk, and there is no rate", async (_what, before, now) => {
  const { value, earlier } = await between(before, now);
  expect(Object.keys(observeOne(diskIo, value, earlier)).filter((key) => key.includes("window"))).toEqual([]);
});

test("a disk is told in words", async () => {
  const { value, earlier } = await between(
    {},
    { reads: 101, readSectors: 20_480, writes: 11, writeSectors: 20, busy: 400 },
  );
  expect(describeOne(diskIo, value, earlier)).toEqual([
    {
      label: "Disk I/O vda",
      lines: ["read 1.00 MiB/s, write 1.00 KiB/s, busy 4.0 % since the last report", "10.0 reads/s, 1.10 writes/s"],
      importance: "detail",
      about: ['disk_io_busy_percent{device="vda",window="report"}'],
    },
  ]);
});

test("of many disks the busiest are named and the others counted", async () => {
  const text = Array.from({ length: 24 }, (_, index) => line(`nvme${index}n1`, { busy: index * 1000 })).join("");
  const rows = describeOne(diskIo, await collect(text));
  expect(rows.map(({ label }) => label)).toEqual([
    "Disk I/O nvme23n1",
    "Disk I/O nvme22n1",
    "Disk I/O nvme21n1",
    "Disk I/O nvme20n1",
    "Other disk I/O",
  ]);
  expect(rows.at(-1)?.lines).toEqual(["20 more"]);
});

test.each<[string, Counters]>([
  ["bytes", { reads: 1, readSectors: 4e9 + 1, busy: 1 }],
  ["written bytes", { writes: 1, writeSectors: 4e9 + 1, busy: 1 }],
  ["requests", { reads: 1e10 + 100, busy: 1 }],
])("more %s than any disk can do in the time are no rate", async (_, more) => {
  const nothing = { reads: 1, readSectors: 0, writes: 1, writeSectors: 0, busy: 0 };
  const { value, earlier } = await between(nothing, { ...nothing, ...more });
  expect(Object.keys(observeOne(diskIo, value, earlier)).filter((key) => key.includes("per_second"))).toEqual([]);
});
