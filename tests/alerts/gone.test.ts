import { expect, test } from "bun:test";

import { look, times } from "../support/looks.ts";
import type { TestMachine } from "../support/testHost.ts";

const whole = "md0 : active raid1 sdb1[1] sda1[0]\n      976630488 blocks super 1.2 [2/2] [UU]\n";
const degraded = "md0 : active raid1 sdb1[1](F) sda1[0]\n      976630488 blocks super 1.2 [2/1] [U_]\n";
const inactive = "md0 : inactive sda1[0](S)\n      976630488 blocks super 1.2\n";
const withArrays = (text: string): TestMachine => ({
  proc: { mdstat: `Personalities : [raid1]\n${text}unused devices: <none>\n` },
});

// alerts D3, numbers N8
test("an array that does not run is told, and that it is gone is told once and then let go of", async () => {
  const { news, headlines } = await look(
    [whole, whole, inactive, inactive, "", "", ""].map((text) => withArrays(text)),
  );
  expect(news).toEqual(["60: RAID md0 inactive", "120: RAID md0 is gone"]);
  expect(headlines.slice(2)).toEqual(["RAID md0 inactive", "RAID md0 inactive", "all well", "all well", "all well"]);
});

test("an array that was whole and is gone is told once; one that has another number is not", async () => {
  expect((await look([whole, "", "", ""].map((text) => withArrays(text)))).news).toEqual(["30: RAID md0 is gone"]);
  const renamed = whole.replace("md0", "md127");
  expect((await look([whole, renamed, renamed].map((text) => withArrays(text)))).news).toEqual([]);
});

test("an array that was degraded and has another number is let go of with one line", async () => {
  const renamed = whole.replace("md0", "md127");
  expect((await look([degraded, renamed, renamed].map((text) => withArrays(text)))).news).toEqual([
    "0: RAID md0 degraded",
    "30: RAID md0 degraded: no longer there",
  ]);
});

test("a list of arrays that cannot be read says nothing of them", async () => {
  const failing: TestMachine = { proc: { mdstat: new Error("/proc/mdstat: EIO") } };
  expect((await look([withArrays(whole), failing, withArrays(whole)])).news).toEqual([]);
});

const withPool = (state: string | null): TestMachine => ({
  files: { "/proc/spl/kstat/zfs/arcstats": "", ...(state === null ? {} : { "/proc/spl/kstat/zfs/tank/state": state }) },
});

test("a pool that is not imported any more is told once", async () => {
  expect((await look(["ONLINE", "ONLINE", null, null, "ONLINE"].map(withPool))).news).toEqual([
    "60: ZFS pool tank is gone",
  ]);
});

const root = "31 1 252:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n";
const backup = "40 31 8:17 / /mnt/backup rw,relatime shared:2 - ext4 /dev/sdb1 rw\n";
const table =
  "UUID=1 / ext4 defaults 0 1\n# a disk\nUUID=2 /mnt/backup/ ext4 nofail 0 2\nUUID=3 none swap sw 0 0\n" +
  "UUID=4 /mnt/usb ext4 noauto 0 0\nnas:/x /mnt/nas nfs x-systemd.automount,_netdev 0 0\n";
const mounted = (mounts: string, usedPercent = 40, boot = "a"): TestMachine => ({
  proc: {
    "self/mountinfo": mounts,
    "self/mounts": mounts.replace(/^.* (\/\S*) rw.*$/gm, "x $1 ext4 rw 0 0"),
    "sys/kernel/random/boot_id": boot,
  },
  files: { "/etc/fstab": table },
  statfs: {
    "/": { totalBytes: 1e11, freeBytes: 6e10, availableBytes: 6e10 },
    "/mnt/backup": {
      totalBytes: 1e11,
      freeBytes: 1e9 * (100 - usedPercent),
      availableBytes: 1e9 * (100 - usedPercent),
    },
  },
});

// alerts D3
test("a mount that /etc/fstab asks for and that is not there is told after two looks, and when it is back", async () => {
  const { news, headlines } = await look([
    ...times(3, mounted(root + backup)),
    ...times(4, mounted(root)),
    ...times(3, mounted(root + backup)),
  ]);
  expect(news).toEqual(["120: disk /mnt/backup is not mounted", "240: disk /mnt/backup mounted again"]);
  expect([headlines[0], headlines[5]]).toEqual(["all well", "disk /mnt/backup is not mounted"]);
});

test.each([
  ["in a container", { files: { "/etc/fstab": table, "/run/systemd/container": "lxc" } }],
  ["where a path leads through a symbolic link", mounted(root + backup.replace("/mnt/", "/media/"))],
  ["in a chroot", { ...mounted(backup.replace("backup", "other")) }],
])("what fstab asks for is not missed %s", async (_where, machine: TestMachine) => {
  expect((await look(times(3, machine))).news.filter((line) => line.includes("mounted"))).toEqual([]);
});

// alerts D18
test("a full disk that is not there after a reboot is let go of with one line, and not remembered for a week", async () => {
  const without = (boot: string): TestMachine => ({ ...mounted(root, 40, boot), files: {} });
  const full: TestMachine = { ...mounted(root + backup, 97), files: {} };
  const { news, headlines } = await look([full, full, without("a"), without("b"), without("b")]);
  expect(news.filter((line) => !line.includes("rebooted"))).toEqual([
    "0: disk /mnt/backup 97 % full",
    "90: disk /mnt/backup 97 % full: no longer there",
  ]);
  expect(headlines[2]).toContain("last seen");
  expect(headlines.slice(3)).toEqual(["all well", "all well"]);
});

test("what was raised and was not seen for a week is let go of with one line", async () => {
  const full: TestMachine = { ...mounted(root + backup, 97), files: {} };
  const { news } = await look([full, ...times(17, { ...mounted(root), files: {} })], { everyMinutes: 720 });
  expect(news).toEqual(["0: disk /mnt/backup 97 % full", "10080: disk /mnt/backup 97 % full: no longer there"]);
});
