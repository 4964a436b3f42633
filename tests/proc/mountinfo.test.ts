import { expect, test } from "bun:test";

import { nameOfBytes, parseMountinfo } from "../../lib/proc/mountinfo.ts";

test("a line with optional fields is read on both sides of the dash", () => {
  const line = "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue\n";
  expect(parseMountinfo(line)).toEqual([
    {
      id: "36",
      parent: "35",
      device: "98:0",
      root: "/mnt1",
      mountPoint: "/mnt2",
      fsType: "ext3",
      source: "/dev/root",
      readOnly: false,
    },
  ]);
});

test("octal escapes stand for bytes, and bytes stay what they are", () => {
  const [mount] = parseMountinfo("36 35 98:0 / /a\\040b\\011c\\012d\\134e\xFF - ext4 /dev/x\\040y rw\n");
  expect(mount?.mountPoint).toBe("/a b\tc\nd\\e\xFF");
  expect(mount?.source).toBe("/dev/x y");
});

test.each([
  [
    "a super block that is read-only under a mount that says rw",
    "rw,relatime - ext4 /dev/sda1 ro,errors=remount-ro",
    true,
  ],
  // Captured on Linux 6.18 after an error was triggered: the super block stays rw.
  [
    "an ext4 that stopped writing after an error",
    "rw,relatime - ext4 /dev/loop0 rw,errors=remount-ro,emergency_ro",
    true,
  ],
  ["a read-only view of a disk that is written elsewhere", "ro,relatime - ext4 /dev/sda1 rw", false],
])("read-only is what the file system says: %s", (_, rest, readOnly) => {
  expect(parseMountinfo(`36 35 8:1 / /data ${rest}\n`)[0]?.readOnly).toBe(readOnly);
});

test("lines that do not have the shape are skipped", () => {
  expect(parseMountinfo("\n36 35\n36 35 98:0 / /a rw\n - ext4 /dev/a rw\n")).toEqual([]);
});

test.each([
  ["plain ASCII", "/srv/my data", "/srv/my data"],
  ["UTF-8", Buffer.from("/srv/データ é").toString("latin1"), "/srv/データ é"],
  ["bytes that are no UTF-8", "/srv/caf\xE9", "/srv/caf\\xe9"],
  ["a sequence that is cut off", "/a\xE3\x83", "/a\\xe3\\x83"],
  ["a line break and an escape sequence", "/a\n\x1B[31m", "/a\\x0a\\x1b[31m"],
  ["a direction mark", Buffer.from("/a\u202Eb").toString("latin1"), "/a\\xe2\\x80\\xaeb"],
  ["a backslash", "/a\\xe9", "/a\\x5cxe9"],
  ["the replacement character itself", Buffer.from("/\uFFFD").toString("latin1"), "/\\xef\\xbf\\xbd"],
  ["an emoji between other bytes", `\xFF${Buffer.from("🙂").toString("latin1")}\xFF`, "\\xff🙂\\xff"],
])("a mount point is shown so that it can be printed and stays unique: %s", (_, bytes, name) => {
  expect(nameOfBytes(bytes)).toBe(name);
});

test("different bytes have different names", () => {
  const some = ["a", "\\", "\xC3", "\xA9", "\xE2\x80\xAE", "\xEF\xBF\xBD", "\n"];
  const pairs = some.flatMap((one) => some.flatMap((two) => some.map((three) => one + two + three)));
  expect(new Set(pairs.map(nameOfBytes)).size).toBe(new Set(pairs).size);
});
