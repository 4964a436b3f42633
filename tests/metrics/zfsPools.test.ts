import { expect, test } from "bun:test";

import { zfsPools } from "../../lib/metrics/zfsPools.ts";
import { Unavailable } from "../../lib/model/host.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const proc = {
  "spl/kstat/zfs/arcstats": "9 1 0x01 147 39984 1 2\n",
  "spl/kstat/zfs/tank/state": "DEGRADED\n",
  "spl/kstat/zfs/tank/objset-0x36": "",
  "spl/kstat/zfs/rpool/state": "ONLINE\n",
};

test("every pool is told with its state, and statistics are no pools", async () => {
  expect(await collectOne(zfsPools, { proc })).toEqual([
    { pool: "rpool", state: "ONLINE" },
    { pool: "tank", state: "DEGRADED" },
  ]);
});

test("a pool that is not ONLINE is notable", async () => {
  const pools = await collectOne(zfsPools, { proc });
  expect(observeOne(zfsPools, pools)).toEqual({
    'zfs_pools_online{pool="rpool"}': 1,
    'zfs_pools_online{pool="tank"}': 0,
  });
  expect(describeOne(zfsPools, pools).map(({ label, lines, importance }) => [label, lines, importance])).toEqual([
    ["ZFS pool rpool", ["ONLINE"], "detail"],
    ["ZFS pool tank", ["DEGRADED"], "notable"],
  ]);
});

test("a machine without ZFS, or without a pool, is unavailable", () => {
  expect(collectOne(zfsPools, {})).rejects.toThrow(new Unavailable("no ZFS pool"));
  const noPool = { "spl/kstat/zfs/arcstats": "9 1 0x01 147 39984 1 2\n" };
  expect(collectOne(zfsPools, { proc: noPool })).rejects.toBeInstanceOf(Unavailable);
});

test("a state that cannot be read is a failure, not a machine without pools", () => {
  const broken = { ...proc, "spl/kstat/zfs/tank/state": new Error("EIO") };
  expect(collectOne(zfsPools, { proc: broken })).rejects.toThrow("EIO");
  const unlisted = { dirs: { "/proc/spl/kstat/zfs": new Error("EIO") } };
  expect(collectOne(zfsPools, unlisted)).rejects.toThrow("EIO");
});

test.each(["SUSPENDED", "FAULTED", "UNAVAIL", "REMOVED"])("a pool that is %s is not online", async (state) => {
  const pools = await collectOne(zfsPools, { proc: { "spl/kstat/zfs/tank/state": `${state}\n` } });
  expect(observeOne(zfsPools, pools)).toEqual({ 'zfs_pools_online{pool="tank"}': 0 });
});

test("a state that is no word of ZFS is a failure, not a pool that lost a device", () => {
  for (const state of ["\0\0\0\0\0\0", "ONLIN", "x"]) {
    const machine = { proc: { "spl/kstat/zfs/tank/state": state }, dirs: { "/proc/spl/kstat/zfs": ["tank"] } };
    expect(collectOne(zfsPools, machine)).rejects.toThrow("the state of the pool tank is malformed");
  }
});
