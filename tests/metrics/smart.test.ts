import { expect, test } from "bun:test";

import { smart } from "../../lib/metrics/smart.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const dirs = { "/sys/block": ["dm-0", "loop0", "nvme0n1", "sda", "vda"] };
const ask = (device: string) => `smartctl --json --nocheck=standby,0 --health --attributes /dev/${device}`;

// As smartctl 7.3 prints it, shortened to what is read.
const ata = (passed: boolean, pending: number) =>
  JSON.stringify({
    smartctl: { version: [7, 3], exit_status: passed ? 0 : 8 },
    smart_status: { passed },
    ata_smart_attributes: {
      revision: 16,
      table: [
        { id: 5, name: "Reallocated_Sector_Ct", value: 100, raw: { value: 0, string: "0" } },
        { id: 197, name: "Current_Pending_Sector", value: 100, raw: { value: pending, string: String(pending) } },
      ],
    },
  });
const nvme = JSON.stringify({ smartctl: { version: [7, 3] }, smart_status: { passed: true, nvme: { value: 0 } } });
const closed = JSON.stringify({
  smartctl: {
    messages: [{ string: "Smartctl open device: /dev/sda failed: Permission denied", severity: "error" }],
    exit_status: 2,
  },
});

test("each disk of hardware is asked, and tells what it predicts and how many sectors wait", async () => {
  const now = await collectOne(smart, { dirs, run: { [ask("sda")]: ata(false, 8), [ask("nvme0n1")]: nvme } });
  expect(observeOne(smart, now)).toEqual({
    'smart_failing{device="nvme0n1"}': 0,
    'smart_failing{device="sda"}': 1,
    'smart_pending_sectors{device="sda"}': 8,
  });
  expect(describeOne(smart, now)).toMatchObject([
    { lines: ["sda predicts failure, 8 pending sectors", "nvme0n1 passed"], importance: "notable" },
  ]);
});

test("where the disks may not be opened it is not readable, and without smartctl or a disk not there", () => {
  const run = { [ask("sda")]: closed, [ask("nvme0n1")]: closed };
  expect(collectOne(smart, { dirs, run })).rejects.toThrow(new Unavailable("not readable here"));
  expect(collectOne(smart, { dirs })).rejects.toBeInstanceOf(Unavailable);
  expect(collectOne(smart, { dirs: { "/sys/block": ["vda"] } })).rejects.toBeInstanceOf(Unavailable);
});

test("what is no JSON is a failure", () => {
  expect(collectOne(smart, { dirs, run: { [ask("nvme0n1")]: "smartctl 6.6" } })).rejects.toThrow("malformed");
});

test("a disk that sleeps is as it last said", async () => {
  const asleep = JSON.stringify({ smartctl: { messages: [{ string: "Device is in STANDBY mode, exit(0)" }] } });
  const one = { dirs: { "/sys/block": ["sda"] } };
  const before = await collectOne(smart, { ...one, run: { [ask("sda")]: ata(true, 3) } });
  const now = await collectOne(smart, { ...one, run: { [ask("sda")]: asleep } });
  expect(observeOne(smart, now)).toEqual({});
  const carried = smart.carry?.(now, before, 1000) ?? now;
  expect(observeOne(smart, carried)).toEqual({
    'smart_failing{device="sda"}': 0,
    'smart_pending_sectors{device="sda"}': 3,
  });
});
