import { expect, test } from "bun:test";

import { groupName, readGroups } from "../../lib/proc/groups.ts";
import { parseVictims } from "../../lib/proc/kernelLog.ts";
import { testHost } from "../support/testHost.ts";

const id = "0123456789ab".padEnd(64, "c");
const none = { memoryBytes: null, swapBytes: null, cpuMicros: null, oomKills: null };

test("units and containers of version 2 are found wherever they are nested", async () => {
  const at = (path: string, memory: number) => ({
    [`fs/cgroup/${path}/memory.stat`]: `anon ${memory}\nfile 99999\nshmem 10\n`,
    [`fs/cgroup/${path}/memory.swap.current`]: "7\n",
    [`fs/cgroup/${path}/memory.events`]: "low 0\noom_kill 2\n",
    [`fs/cgroup/${path}/cpu.stat`]: "usage_usec 5000\nuser_usec 1\n",
  });
  const host = testHost({
    sys: {
      "fs/cgroup/cgroup.controllers": "cpu memory\n",
      "fs/cgroup/memory.pressure": "",
      ...at("system.slice/sidekiq.service", 100),
      ...at(`system.slice/docker-${id}.scope`, 200),
      ...at("user.slice/user-1000.slice/user@1000.service/app.slice/sync.service", 300),
      ...at("lxc.payload.web/system.slice/inner.service", 400),
      "fs/cgroup/lxc.payload.web/memory.stat": "anon 500\n",
    },
  });
  const seen = (await readGroups(host)).map(({ name, isContainer, memoryBytes }) => [name, isContainer, memoryBytes]);
  expect(seen).toEqual([
    ["sidekiq.service", false, 110],
    ["0123456789ab", true, 210],
    ["sync.service", false, 310],
    ["lxc.payload.web", false, 500],
  ]);
  const [first] = await readGroups(host);
  expect(first).toMatchObject({ swapBytes: 7, cpuMicros: 5000, oomKills: 2 });
});

test("version 1 has a tree for each controller", async () => {
  const host = testHost({
    sys: {
      "fs/cgroup/memory/memory.usage_in_bytes": "1\n",
      "fs/cgroup/memory/docker/memory.stat": "",
      [`fs/cgroup/memory/docker/${id}/memory.stat`]: "rss 1\ntotal_rss 300\ntotal_swap 4\n",
      [`fs/cgroup/memory/docker/${id}/memory.oom_control`]: "under_oom 0\noom_kill 1\n",
      "fs/cgroup/cpu,cpuacct/cpuacct.usage": "1\n",
      [`fs/cgroup/cpu,cpuacct/docker/${id}/cpuacct.usage`]: "9000\n",
    },
  });
  expect(await readGroups(host)).toEqual([
    { name: "0123456789ab", isContainer: true, memoryBytes: 300, swapBytes: 4, cpuMicros: 9, oomKills: 1 },
  ]);
});

test("a machine without control groups has none, and what is not counted is not known", async () => {
  expect(await readGroups(testHost({}))).toEqual([]);
  const sys = { "fs/cgroup/cgroup.controllers": "", "fs/cgroup/init.scope/cgroup.procs": "1\n" };
  expect(await readGroups(testHost({ sys }))).toEqual([{ name: "init.scope", isContainer: false, ...none }]);
});

test.each([
  ["/system.slice/misskey.service", "misskey.service"],
  [`/docker/${id}`, "0123456789ab"],
  ["/user.slice/user-1000.slice/user@1000.service/app.slice/a.service", "a.service"],
  ["/", "/"],
])("the group %s is called %s", (path, name) => {
  expect(groupName(path).name).toBe(name);
});

test("the kernel's log names who was killed, and the group that it was in", () => {
  const log = `[11.25] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=/,mems_allowed=0,oom_memcg=/x/eater.service,task_memcg=/x/eater.service,task=a (b),pid=12,uid=0
[11.26] Memory cgroup out of memory: Killed process 12 (a (b)) total-vm:90kB, anon-rss:64kB, file-rss:1kB, shmem-rss:0kB, UID:0
Killed process 9 (old), UID 33, total-vm:5kB, anon-rss:2kB, file-rss:0kB`;
  expect(parseVictims(log)).toEqual([
    { process: "a (b)", group: "/x/eater.service", residentBytes: 65_536, atSeconds: 11.26 },
    { process: "old", group: null, residentBytes: 2048, atSeconds: null },
  ]);
});
