import { expect, test } from "bun:test";

import { isLxcfs, parseCgroup, readCpuQuota, readMemoryLimit } from "../../lib/proc/cgroup.ts";
import { testHost } from "../support/testHost.ts";

const mib = 2 ** 20;

/** A container in a cgroup namespace of version 2: PID 1 is systemd, in a group of its own below the limited one. */
const version2 = {
  proc: { "1/cgroup": "0::/init.scope\n" },
  sys: {
    "fs/cgroup/memory.max": `${512 * mib}\n`,
    "fs/cgroup/memory.current": `${300 * mib}\n`,
    "fs/cgroup/memory.stat": `anon 1\ninactive_anon 5\ninactive_file ${100 * mib}\n`,
    "fs/cgroup/cpu.max": "150000 100000\n",
    "fs/cgroup/init.scope/memory.max": "max\n",
    "fs/cgroup/init.scope/cpu.max": "max 100000\n",
  },
};

/** Docker with version 1: PID 1's path is the host's, what is mounted is the container's own part of it. */
const version1 = {
  proc: { "1/cgroup": "5:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/docker/abc\n0::/docker/abc\n" },
  sys: {
    "fs/cgroup/memory/memory.limit_in_bytes": `${256 * mib}\n`,
    "fs/cgroup/memory/memory.usage_in_bytes": `${200 * mib}\n`,
    "fs/cgroup/memory/memory.stat": `inactive_file 1\ntotal_inactive_file ${50 * mib}\n`,
    "fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
    "fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  },
};

test("the limits of a version 2 container are found above PID 1's own group", async () => {
  expect(await readMemoryLimit(testHost(version2))).toEqual({ limitBytes: 512 * mib, usedBytes: 200 * mib });
  expect(await readCpuQuota(testHost(version2))).toBe(1.5);
});

test("the limits of a version 1 container are those of what is mounted", async () => {
  expect(await readMemoryLimit(testHost(version1))).toEqual({ limitBytes: 256 * mib, usedBytes: 150 * mib });
  expect(await readCpuQuota(testHost(version1))).toBe(2);
});

test("with hidden processes the top group is still read", async () => {
  expect(await readCpuQuota(testHost({ sys: version2.sys }))).toBe(1.5);
  expect((await readMemoryLimit(testHost({ sys: version1.sys })))?.limitBytes).toBe(256 * mib);
});

test("of several limits the smallest counts, with the use of the group that it is set on", async () => {
  const sys = {
    ...version2.sys,
    "fs/cgroup/init.scope/memory.max": `${64 * mib}\n`,
    "fs/cgroup/init.scope/memory.current": `${8 * mib}\n`,
    "fs/cgroup/init.scope/memory.stat": "inactive_file 0\n",
  };
  expect(await readMemoryLimit(testHost({ ...version2, sys }))).toEqual({ limitBytes: 64 * mib, usedBytes: 8 * mib });
});

test("on a plain host the limited group of cron, of a service or of a user's session is not the machine's", async () => {
  const host = testHost({
    proc: { "1/cgroup": "0::/init.scope\n", "self/cgroup": "0::/system.slice/cron.service\n" },
    sys: {
      "fs/cgroup/init.scope/memory.max": "max\n",
      "fs/cgroup/system.slice/cron.service/memory.max": `${64 * mib}\n`,
      "fs/cgroup/system.slice/cron.service/memory.current": "0\n",
      "fs/cgroup/system.slice/cron.service/cpu.max": "10000 100000\n",
    },
  });
  expect(await readMemoryLimit(host)).toBeNull();
  expect(await readCpuQuota(host)).toBeNull();
});

test("a service that only sees its own group does not take its limit for the machine's", async () => {
  expect(await readMemoryLimit(testHost({ ...version2, proc: { "1/cgroup": "0::/../../init.scope\n" } }))).toBeNull();
});

test("a machine without cgroups has no limit", async () => {
  expect(await readMemoryLimit(testHost({}))).toBeNull();
  expect(await readCpuQuota(testHost({}))).toBeNull();
});

test("a limit whose use is not told is of no use", async () => {
  expect(await readMemoryLimit(testHost({ sys: { "fs/cgroup/memory.max": "1000\n" } }))).toBeNull();
});

test("where version 1 has the controller, version 2 is not asked", () => {
  expect(parseCgroup("4:memory:/a\n0::/b\n", "memory").map(({ directory }) => directory)).toEqual([
    "fs/cgroup/memory",
    "fs/cgroup/memory/a",
  ]);
  expect(parseCgroup("4:memory:/a\n0::/b\n", "cpu").map(({ directory }) => directory)).toEqual([
    "fs/cgroup",
    "fs/cgroup/b",
  ]);
});

test("lxcfs is known by its mount on the file", async () => {
  const mountinfo = "90 80 0:50 /proc/meminfo /proc/meminfo rw,nosuid - fuse.lxcfs lxcfs rw\n";
  expect(await isLxcfs(testHost({ proc: { "self/mountinfo": mountinfo } }), "meminfo")).toBe(true);
  expect(await isLxcfs(testHost({ proc: { "self/mountinfo": mountinfo } }), "stat")).toBe(false);
  expect(await isLxcfs(testHost({}), "meminfo")).toBe(false);
});
