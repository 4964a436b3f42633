import { expect, test } from "bun:test";

import { parseMdstat, raid } from "../../lib/metrics/raid.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const healthy = `Personalities : [raid1] [raid6] [raid5] [raid4]
md1 : active raid1 sdb2[1] sda2[0]
      136448 blocks [2/2] [UU]

md0 : active (auto-read-only) raid5 sdc1[2] sdb1[1] sda1[0]
      209584128 blocks super 1.2 level 5, 512k chunk, algorithm 2 [3/3] [UUU]
      bitmap: 0/1 pages [0KB], 65536KB chunk

unused devices: <none>
`;

const rebuilding = `Personalities : [raid1]
md0 : active raid1 sdc1[2] sdb1[1](F) sda1[0]
      976630464 blocks super 1.2 [2/1] [U_]
      [==>..................]  recovery = 12.6% (123456/976630464) finish=127.5min speed=33440K/sec
      bitmap: 3/8 pages [12KB], 65536KB chunk

md2 : active raid1 sdd1[1] sda3[0]
      1000 blocks [2/2] [UU]
      \tresync=DELAYED

unused devices: <none>
`;

const array = (name: string, level: string, wanted: number, working = wanted) => ({
  array: name,
  active: true,
  level,
  devices: { wanted, working },
  failed: [] as string[],
  operation: null,
});

test("healthy arrays are read", () => {
  expect(parseMdstat(healthy)).toEqual([array("md1", "raid1", 2), array("md0", "raid5", 3)]);
});

test("a degraded array, its failed device and its recovery are read", () => {
  expect(parseMdstat(rebuilding)).toEqual([
    { ...array("md0", "raid1", 2, 1), failed: ["sdb1"], operation: { name: "recovery", percent: 12.6 } },
    { ...array("md2", "raid1", 2), operation: { name: "resync", percent: null } },
  ]);
});

test("an array that is not active, and one without redundancy, have no counts", () => {
  const text = `Personalities : [raid0]
md127 : inactive sdb1[1](S) sda1[0](S)
      1953260 blocks super 1.2

md3 : active raid0 nvme1n1p2[1] nvme0n1p2[0]
      1000 blocks super 1.2 512k chunks
`;
  expect(parseMdstat(text)).toEqual([
    { array: "md127", active: false, level: null, devices: null, failed: [], operation: null },
    { ...array("md3", "raid0", 0), devices: null },
  ]);
});

test("the container of a BIOS's arrays is no array", () => {
  const text = `Personalities : [raid1]
md126 : active raid1 sda[1] sdb[0]
      976759808 blocks super external:/md127/0 [2/2] [UU]

md127 : inactive sdb[1](S) sda[0](S)
      6306 blocks super external:imsm
`;
  expect(parseMdstat(text).map((one) => one.array)).toEqual(["md126"]);
});

test("a machine without arrays is unavailable", () => {
  expect(collectOne(raid, {})).rejects.toBeInstanceOf(Unavailable);
  const empty = collectOne(raid, { proc: { mdstat: "Personalities : \nunused devices: <none>\n" } });
  expect(empty).rejects.toThrow(new Unavailable("no RAID array"));
});

test("what lacks a device or is rebuilt is notable and says so", async () => {
  const rows = describeOne(raid, await collectOne(raid, { proc: { mdstat: rebuilding } }));
  expect(rows.map(({ label, lines, importance }) => [importance, label, lines])).toEqual([
    ["notable", "RAID md0", ["raid1 degraded", "1 of 2 devices", "failed: sdb1", "rebuild 13 %"]],
    ["notable", "RAID md2", ["raid1 healthy", "2 of 2 devices", "resync waiting"]],
  ]);
});

test("a routine check is a detail, an inactive array is not", () => {
  const checking = { ...array("md0", "raid1", 2), operation: { name: "check", percent: 4.25 } };
  const inactive = { ...array("md1", "raid1", 2), active: false, devices: null };
  expect(describeOne(raid, [checking, inactive]).map(({ importance }) => importance)).toEqual(["detail", "notable"]);
});

test("arrays are observed", () => {
  const [degraded] = parseMdstat(rebuilding);
  expect(observeOne(raid, degraded ? [degraded] : [])).toEqual({
    'raid_active{array="md0"}': 1,
    'raid_devices_wanted{array="md0"}': 2,
    'raid_devices_missing{array="md0"}': 1,
    'raid_devices_failed{array="md0"}': 1,
    'raid_operation_percent{array="md0",operation="recovery"}': 12.6,
  });
});

// glensc/nagios-plugin-check_raid#199
test("while a member is replaced more devices work than there are slots, and none is missing", () => {
  const text = `md0 : active raid1 sda3[2] sdc3[3](W)(R) sdb3[0]
      976015360 blocks super 1.2 [2/3] [UU]
      [===>.................]  check = 15.6% (152996864/976015360) finish=153.2min speed=89504K/sec
`;
  expect(observeOne(raid, parseMdstat(text))).toMatchObject({ 'raid_devices_missing{array="md0"}': 0 });
  expect(describeOne(raid, parseMdstat(text))[0]?.lines).toEqual(["raid1 healthy", "2 of 2 devices", "check 16 %"]);
});

const inactive = `Personalities : [raid1]
md0 : inactive sdb1[1](S)
      976630488 blocks super 1.2

unused devices: <none>
`;

// What kernels since 5.4 print when a member of RAID0 or linear is gone.
const broken = `Personalities : [raid0]
md0 : broken raid0 sdb1[1] sda1[0]
      1953260544 blocks super 1.2 512k chunks
`;

test.each([
  ["inactive", inactive, "inactive"],
  ["broken", broken, "raid0 inactive"],
])("of an array that is %s no device works, however many it lists", async (_what, mdstat, line) => {
  const now = await collectOne(raid, { proc: { mdstat }, sys: { "block/md0/md/raid_disks": "2\n" } });
  expect(observeOne(raid, now)).toEqual({
    'raid_active{array="md0"}': 0,
    'raid_devices_wanted{array="md0"}': 2,
    'raid_devices_missing{array="md0"}': 2,
    'raid_devices_failed{array="md0"}': 0,
  });
  expect(describeOne(raid, now)).toMatchObject([{ lines: [line, "0 of 2 devices"], importance: "notable" }]);
});

test("of an inactive array whose size the kernel does not say, the devices are not known", async () => {
  for (const sys of [{}, { "block/md0/md/raid_disks": "0\n" }]) {
    expect(observeOne(raid, await collectOne(raid, { proc: { mdstat: inactive }, sys }))).toEqual({
      'raid_active{array="md0"}': 0,
      'raid_devices_failed{array="md0"}': 0,
    });
  }
});

const systemArray = (members: string, slots: string) => {
  const working = slots.replaceAll("_", "").length;
  return `md1 : active raid1 ${members}\n      2097088 blocks [${slots.length}/${working}] [${slots}]\n`;
};
const devicesOf = (mdstat: string) => parseMdstat(mdstat)[0]?.devices;

// henrygd/beszel#2061, #2065: the system arrays of Synology and QNAP have a slot for each disk that could ever be there.
test("slots that were never filled are not missing", () => {
  expect(devicesOf(systemArray("sda2[0] sdb2[1] sdc2[2]", "UUU_____________"))).toEqual({ wanted: 3, working: 3 });
  expect(devicesOf(systemArray("sda9[0] sdc9[2] sdb9[1] sdd9[3]", "UUUU____________________________"))).toEqual({
    wanted: 4,
    working: 4,
  });
});

test("in such an array a disk that was there and is not is missing", () => {
  expect(devicesOf(systemArray("sda2[0] sdc2[2]", "U_U_____________"))).toEqual({ wanted: 3, working: 2 });
  expect(devicesOf(systemArray("sda2[0] sdb2[1] sdc2[2](F)", "UU______________"))).toEqual({ wanted: 3, working: 2 });
});

test("a mirror whose last disks are lost is degraded, however few are left", () => {
  expect(devicesOf(systemArray("sda2[0]", "U_"))).toEqual({ wanted: 2, working: 1 });
  expect(devicesOf(systemArray("sda2[0]", "U___"))).toEqual({ wanted: 4, working: 1 });
  expect(devicesOf(systemArray("sda2[0] sdb2[1] sdc2[2] sdd2[3] sde2[4]", "UUUUU___"))).toEqual({
    wanted: 8,
    working: 5,
  });
});

// glensc/nagios-plugin-check_raid#164
test("a spare that failed is counted, although the array is complete", () => {
  const text = `md1 : active raid1 sdc1[0] sdh1[5](F) sdg1[4] sdf1[3] sde1[2] sdd1[1]
      1953382400 blocks super 1.2 [5/5] [UUUUU]
      bitmap: 2/15 pages [8KB], 65536KB chunk
`;
  expect(observeOne(raid, parseMdstat(text))).toMatchObject({
    'raid_devices_missing{array="md1"}': 0,
    'raid_devices_failed{array="md1"}': 1,
  });
  expect(describeOne(raid, parseMdstat(text))[0]?.importance).toBe("notable");
});

// glensc/nagios-plugin-check_raid#43
test("an array that grows onto spares is told as degraded, and how far it has come", () => {
  const text = `md0 : active raid6 sde1[6](S) sdf1[7](S) sdb1[0] sdg1[3] sdd1[2] sdc[1]
      5860543744 blocks super 0.91 level 6, 4k chunk, algorithm 18 [6/4] [UUUU__]
      [=========>...........]  reshape = 48.4% (709745748/1465135936) finish=1271.8min speed=9898K/sec
`;
  expect(describeOne(raid, parseMdstat(text))[0]?.lines).toEqual(["raid6 degraded", "4 of 6 devices", "reshape 48 %"]);
});

// monitoring-plugins/monitoring-plugins#995
test("the form of Linux 2.4 is read, a blank before one digit and a line break within the progress", () => {
  const text = `Personalities : [raid1]
read_ahead 1024 sectors
Event: 8
md0 : active raid1 sdb1[2] sda1[1]
      2097024 blocks [2/1] [_U]
      [>....................]  recovery =  0.4%
(10168/2097024) finish=23.8min speed=1452K/sec
unused devices: <none>
`;
  expect(parseMdstat(text)).toEqual([
    { ...array("md0", "raid1", 2, 1), operation: { name: "recovery", percent: 0.4 } },
  ]);
});

test("an array that was degraded and then goes down is still the same target, and still bad", async () => {
  const degraded = observeOne(
    raid,
    parseMdstat("md0 : active raid1 sdb1[1](F) sda1[0]\n      1000 blocks [2/1] [U_]\n"),
  );
  const sys = { "block/md0/md/raid_disks": "2\n" };
  const down = observeOne(raid, await collectOne(raid, { proc: { mdstat: inactive }, sys }));
  const key = 'raid_devices_missing{array="md0"}';
  expect([degraded[key], down[key]]).toEqual([1, 2]);
});
