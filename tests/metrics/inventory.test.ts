import { expect, test } from "bun:test";
import * as v from "valibot";

import { inventory } from "../../lib/metrics/inventory.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const cpu = JSON.stringify({
  manufacturer: "Intel",
  brand: "Xeon® Silver 4310",
  cores: 24,
  cache: { l1d: 589_824, l1i: 393_216, l2: 15_728_640, l3: 18_874_368 },
});
const system = JSON.stringify({
  manufacturer: "QEMU",
  model: "Standard PC (Q35 + ICH9, 2009)",
  serial: "secret-serial",
  uuid: "secret-uuid",
  virtual: true,
  virtualHost: "KVM",
});
const diskLayout = JSON.stringify([
  { device: "/dev/sda", type: "HD", name: "ST4000VN008", size: 4_000_787_030_016, smartStatus: "Predicted Failure" },
  {
    device: "/dev/nvme0n1",
    type: "NVMe",
    name: "SAMSUNG",
    size: 512_110_190_592,
    smartStatus: "Ok",
    serialNum: "secret",
  },
  { device: "/dev/vdb", type: "HD", name: "", size: 1_073_741_824, smartStatus: "unknown" },
]);
const graphics = JSON.stringify({ controllers: [{ vendor: "NVIDIA", model: "T4", vram: 15_360 }], displays: [] });
const memLayout = JSON.stringify([
  { size: 17_179_869_184, bank: "A", type: "DDR4", formFactor: "DIMM", manufacturer: "Samsung", clockSpeed: 2933 },
  { size: 0, bank: "B", type: "Empty", formFactor: "DIMM", manufacturer: "", clockSpeed: 0 },
]);
const whole = { cpu, system, diskLayout, graphics, memLayout };

test("every part has its row, and serial numbers stay where they are", async () => {
  const value = await collectOne(inventory, { inventory: whole });
  expect(v.parse(inventory.schema, value)).toEqual(value);
  expect(JSON.stringify(value)).not.toContain("secret");
  expect(describeOne(inventory, value).map(({ label, lines }) => [label, lines])).toEqual([
    ["CPU model", ["Intel Xeon® Silver 4310", "L1d 576 KiB", "L1i 384 KiB", "L2 15.0 MiB", "L3 18.0 MiB"]],
    ["Machine", ["QEMU Standard PC (Q35 + ICH9, 2009)", "KVM"]],
    [
      "Disks",
      [
        "/dev/sda ST4000VN008 3.64 TiB SMART predicted failure",
        "/dev/nvme0n1 SAMSUNG 477 GiB SMART ok",
        "/dev/vdb 1.00 GiB",
      ],
    ],
    ["GPUs", ["NVIDIA T4 15.0 GiB"]],
    ["Memory modules", ["16.0 GiB DDR4 2933 MT/s Samsung"]],
  ]);
});

test("a SMART state that is not known is no observation", async () => {
  const value = await collectOne(inventory, { inventory: whole });
  expect(observeOne(inventory, value)).toStrictEqual({
    'inventory_disk_smart_failing{device="/dev/sda"}': 1,
    'inventory_disk_smart_failing{device="/dev/nvme0n1"}': 0,
  });
});

test("a cache that lscpu gave in fractions of a MiB is left out, because the package cuts them off", async () => {
  // 22.5 MiB in /sys, `22.5 MiB` from lscpu, 22 MiB from the package.
  const cut = JSON.stringify({ manufacturer: "Intel", brand: "Xeon", cache: { l2: 1_048_576, l3: 23_068_672 } });
  const index = "devices/system/cpu/cpu0/cache/index";
  const value = await collectOne(inventory, {
    inventory: { cpu: cut },
    sys: { [`${index}2/size`]: "1024K\n", [`${index}3/size`]: "23040K\n" },
  });
  expect(value.cpu).toEqual({
    status: "ok",
    value: { model: "Intel Xeon", l1dBytes: null, l1iBytes: null, l2Bytes: 1_048_576, l3Bytes: null },
  });
});

test("answers made of defaults are unavailable, each by itself", async () => {
  const value = await collectOne(inventory, {
    inventory: {
      cpu: JSON.stringify({ manufacturer: "unknown", brand: "", cache: {} }),
      system: JSON.stringify({ manufacturer: "", model: "Computer", virtual: false }),
      diskLayout: "[]",
      graphics: '{"controllers":[],"displays":[]}',
      // What the package answers without dmidecode: all memory as one module.
      memLayout: '[{"size":25276063744,"bank":"","type":"","ecc":null,"clockSpeed":0,"formFactor":""}]',
    },
  }).catch((error: unknown) => String(error));
  expect(value).toBe("Unavailable: the CPU reports no model");
});

test("a part that fails or is not there leaves the others", async () => {
  const value = await collectOne(inventory, {
    inventory: { cpu, system: new Error("systeminformation did not answer within 2.5 s"), graphics: "not JSON" },
  });
  const status = Object.values(value).map((part) => part.status);
  expect(status).toEqual(["ok", "failed", "unavailable", "failed", "unavailable"]);
  expect(describeOne(inventory, value)[1]?.lines).toEqual([
    "could not be read: systeminformation did not answer within 2.5 s",
  ]);
});

test("without a shell the whole inventory is unavailable", () => {
  expect(collectOne(inventory, {})).rejects.toThrow("systeminformation is not there");
});

test("it is read only on demand", () => {
  expect(inventory.onDemand).toBe(true);
});

test("where few processes are allowed nobody is asked, because the program needs them itself", () => {
  const machine = { proc: { "self/limits": "Max processes             10           10          processes\n" } };
  expect(collectOne(inventory, { ...machine, inventory: { cpu } })).rejects.toThrow("the process limit is too low");
});
