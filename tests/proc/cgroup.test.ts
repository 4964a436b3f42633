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
    "fs/cgroup/memory.stat": `anon 1\ninactive_anon 5\ninactive_file ${100 * mib}\nactive_file ${20 * mib}\nslab_reclaimable ${10 * mib}\n`,
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
    "fs/cgroup/memory/memory.stat": `inactive_file 1\ntotal_inactive_file ${50 * mib}\ntotal_active_file ${30 * mib}\n`,
    "fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
    "fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  },
};

test("the limits of a version 2 container are found above PID 1's own group", async () => {
  expect(await readMemoryLimit(testHost(version2))).toEqual({
    limitBytes: 512 * mib,
    usedBytes: 170 * mib,
    swap: null,
    oomKills: null,
    majorFaults: null,
  });
  expect(await readCpuQuota(testHost(version2))).toBe(1.5);
});

test("the limits of a version 1 container are those of what is mounted", async () => {
  expect(await readMemoryLimit(testHost(version1))).toMatchObject({ limitBytes: 256 * mib, usedBytes: 120 * mib });
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
    "fs/cgroup/init.scope/memory.stat": "inactive_file 0\nactive_file 0\n",
  };
  expect(await readMemoryLimit(testHost({ ...version2, sys }))).toMatchObject({
    limitBytes: 64 * mib,
    usedBytes: 8 * mib,
  });
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

test.each(["", "anon 5\n", "inactive_file 5\n", "inactive_file 5\nactive_file 7"])(
  "memory.stat of %j does not say how much is page cache, and that is a failure",
  async (stat) => {
    const sys = { ...version2.sys, "fs/cgroup/memory.stat": stat };
    expect(readMemoryLimit(testHost({ ...version2, sys }))).rejects.toThrow("memory.stat is malformed");
  },
);

test("a limit of 0, which a cgroup may have for a moment, is a failure", async () => {
  const sys = { ...version2.sys, "fs/cgroup/memory.max": "0\n" };
  expect(readMemoryLimit(testHost({ ...version2, sys }))).rejects.toThrow("the memory limit is 0");
});

test("a number that was cut is a failure, and a machine's numbers do not stand in for it", async () => {
  const sys = { ...version2.sys, "fs/cgroup/memory.max": "5368", "fs/cgroup/cpu.max": "15000 1000" };
  expect(readMemoryLimit(testHost({ ...version2, sys }))).rejects.toThrow("memory.max is malformed");
  expect(await readCpuQuota(testHost({ ...version2, sys }))).toBeNull();
});

// pi-hole/FTL#2212, docker/docs#6833.
test("swap, kills and faults are those of the group with the limit", async () => {
  const sys = {
    ...version2.sys,
    "fs/cgroup/memory.swap.max": `${100 * mib}\n`,
    "fs/cgroup/memory.swap.current": `${25 * mib}\n`,
    "fs/cgroup/memory.events": "low 0\nhigh 0\nmax 7\noom 3\noom_kill 2\noom_group_kill 0\n",
    "fs/cgroup/memory.stat": `${version2.sys["fs/cgroup/memory.stat"]}pgfault 9\npgmajfault 4\n`,
  };
  expect(await readMemoryLimit(testHost({ ...version2, sys }))).toMatchObject({
    swap: { totalBytes: 100 * mib, usedBytes: 25 * mib },
    oomKills: 2,
    majorFaults: 4,
  });
});

test("version 1 limits memory and swap together", async () => {
  const memory = "fs/cgroup/memory/memory";
  const sys = {
    ...version1.sys,
    [`${memory}.memsw.limit_in_bytes`]: `${300 * mib}\n`,
    [`${memory}.memsw.usage_in_bytes`]: `${210 * mib}\n`,
    [`${memory}.oom_control`]: "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n",
  };
  const limit = await readMemoryLimit(testHost({ ...version1, sys }));
  expect(limit).toMatchObject({ swap: { totalBytes: 44 * mib, usedBytes: 10 * mib }, oomKills: 5 });
  const unlimited = { ...sys, [`${memory}.memsw.limit_in_bytes`]: "9223372036854771712\n" };
  expect((await readMemoryLimit(testHost({ ...version1, sys: unlimited })))?.swap).toBeNull();
});

test.each(["max\n", "1000\n"])(
  "swap without a limit of its own, or with more used than that (%j), is not known",
  async (max) => {
    const swap = { "fs/cgroup/memory.swap.max": max, "fs/cgroup/memory.swap.current": "2000\n" };
    expect((await readMemoryLimit(testHost({ ...version2, sys: { ...version2.sys, ...swap } })))?.swap).toBeNull();
  },
);

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
