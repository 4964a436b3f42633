import { expect, test } from "bun:test";

import { btrfs } from "../../lib/metrics/btrfs.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const noErrors = "write_errs 0\nread_errs 0\nflush_errs 0\ncorruption_errs 0\ngeneration_errs 0\n";
const uuid = "fe2d97b4-623b-4c53-8909-6e619fe730ce";

/** Files of a file system as Linux 6.18 has them: a device for each text of `missing`. */
const fileSystem = (id: string, missing: readonly string[], more: Readonly<Record<string, string>> = {}) => ({
  [`fs/btrfs/${id}/label`]: "\n",
  [`fs/btrfs/${id}/devices/sdb/size`]: "0\n",
  ...Object.fromEntries(
    missing.flatMap((text, index) => [
      [`fs/btrfs/${id}/devinfo/${index + 1}/missing`, `${text}\n`],
      [`fs/btrfs/${id}/devinfo/${index + 1}/error_stats`, noErrors],
    ]),
  ),
  ...Object.fromEntries(Object.entries(more).map(([name, text]) => [`fs/btrfs/${id}/${name}`, text])),
});

const features = { "fs/btrfs/features/raid1c34": "0\n" };
const proc = {
  "self/mountinfo": "30 27 0:40 /@ /data rw - btrfs /dev/sdb rw\n31 27 0:41 /@x /data/x rw - btrfs /dev/sdb rw\n",
};

// kdave/btrfs-progs#791, knorrie/python-btrfs#12
test("a device that is missing is counted, and the file system goes by its mount point", async () => {
  const now = await collectOne(btrfs, { proc, sys: { ...features, ...fileSystem(uuid, ["0", "1"]) } });
  expect(observeOne(btrfs, now)).toEqual({
    'btrfs_devices_missing{filesystem="/data"}': 1,
    'btrfs_device_errors{filesystem="/data"}': 0,
  });
  expect(describeOne(btrfs, now)).toMatchObject([
    { label: "btrfs /data", lines: ["degraded", "1 of 2 devices"], importance: "notable" },
  ]);
});

test("a whole file system is a detail, with the errors that its devices have counted", async () => {
  const stats = noErrors.replace("write_errs 0", "write_errs 12").replace("corruption_errs 0", "corruption_errs 3");
  const sys = fileSystem(uuid, ["0", "0"], { "devinfo/2/error_stats": stats });
  const now = await collectOne(btrfs, { proc, sys });
  expect(observeOne(btrfs, now)).toMatchObject({ 'btrfs_device_errors{filesystem="/data"}': 15 });
  expect(describeOne(btrfs, now)).toMatchObject([
    { lines: ["complete", "2 of 2 devices", "15 errors so far"], importance: "detail" },
  ]);
});

const mapped = { "self/mountinfo": "30 27 0:40 / /data rw - btrfs /dev/mapper/data rw\n" };

test("one that is not found among the mounts goes by its label or its UUID", async () => {
  const named = async (more: Readonly<Record<string, string>>) =>
    (await collectOne(btrfs, { proc: mapped, sys: fileSystem(uuid, ["0", "0"], more) })).map((one) => one.filesystem);
  expect(await named({ label: "pair\n" })).toEqual(["pair"]);
  expect(await named({})).toEqual([uuid]);
});

test("a kernel that does not say whether a device is missing leaves that unknown", async () => {
  const sys = Object.fromEntries(
    Object.entries(fileSystem(uuid, ["0", "0"])).filter(([name]) => !name.endsWith("missing")),
  );
  const now = await collectOne(btrfs, { proc, sys });
  expect(observeOne(btrfs, now)).toEqual({ 'btrfs_device_errors{filesystem="/data"}': 0 });
});

test("a file system of one device, or none at all, is no array", () => {
  const none = new Unavailable("no btrfs of several devices");
  expect(collectOne(btrfs, { proc, sys: { ...features, ...fileSystem(uuid, ["0"]) } })).rejects.toThrow(none);
  const hosts = { "self/mountinfo": "27 1 0:45 / / rw - overlay overlay rw\n" };
  expect(collectOne(btrfs, { proc: hosts, sys: fileSystem(uuid, ["0", "1"]) })).rejects.toThrow(none);
  expect(collectOne(btrfs, {})).rejects.toBeInstanceOf(Unavailable);
});

// knorrie/python-btrfs#12: the kernel marks a device as missing when it is mounted without it, not when it is pulled.
test("a device that was pulled while the file system is mounted shows in the errors alone", async () => {
  const stats = noErrors.replace("write_errs 0", "write_errs 72430").replace("read_errs 0", "read_errs 76151");
  const now = await collectOne(btrfs, { proc, sys: fileSystem(uuid, ["0", "0"], { "devinfo/2/error_stats": stats }) });
  expect(observeOne(btrfs, now)).toEqual({
    'btrfs_devices_missing{filesystem="/data"}': 0,
    'btrfs_device_errors{filesystem="/data"}': 148_581,
  });
});

// netdata/netdata#14494: devinfo/0 is a target of `btrfs replace`.
test("a device that is being replaced does not make the file system larger", async () => {
  const sys = fileSystem(uuid, ["1", "0"], { "devinfo/0/missing": "0\n", "devinfo/0/error_stats": noErrors });
  expect(describeOne(btrfs, await collectOne(btrfs, { proc, sys }))[0]?.lines).toEqual(["degraded", "1 of 2 devices"]);
});
