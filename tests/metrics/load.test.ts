import { describe, expect, test } from "bun:test";

import { load, parseLoadavg } from "../../lib/metrics/load.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const proc = {
  loadavg: "0.31 0.42 1.20 1/234 5678\n",
  stat: "cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\ncpu5 1 2 3 4 5 6 7 8 9 10\nintr 0\n",
};

test("the averages are told absolute and for each core online", async () => {
  const value = await collectOne(load, { proc });
  expect(observeOne(load, value)).toEqual({
    load_1m: 0.31,
    load_5m: 0.42,
    load_15m: 1.2,
    load_15m_per_core: 0.6,
    cpu_cores: 2,
  });
  expect(describeOne(load, value)[0]?.lines).toEqual(["0.31", "2 cores", "5 min 0.42, 15 min 1.20"]);
});

/** An lxcfs that lies over these files of /proc. */
const lxcfs = (...files: readonly string[]) =>
  files.map((file, index) => `${90 + index} 80 0:50 /proc/${file} /proc/${file} rw - fuse.lxcfs lxcfs rw\n`).join("");

// lxc/lxcfs#203, NVIDIA/aistore#268.
test("in a container the load is the host's, and so are the cores that it is held against", async () => {
  const cpus = Array.from({ length: 64 }, (_, index) => `cpu${index} 1 1 1 1\n`).join("");
  const value = await collectOne(load, {
    proc: { loadavg: "14.10 13.80 13.50 12/2400 55555\n", stat: `cpu  1 1 1 1\n${cpus}intr 0\n` },
    sys: { "fs/cgroup/cpu.max": "200000 100000\n" },
  });
  expect(observeOne(load, value)).toMatchObject({ load_15m_per_core: expect.closeTo(0.21, 2), cpu_cores: 2 });
  expect(describeOne(load, value)[0]?.lines[1]).toBe("64 cores of the host");
});

test("a quota of more cores than there are limits nothing", async () => {
  const value = await collectOne(load, { proc, sys: { "fs/cgroup/cpu.max": "800000 100000\n" } });
  expect(value.cores).toBe(2);
  expect(describeOne(load, value)[0]?.lines[1]).toBe("2 cores");
});

describe("under lxcfs", () => {
  const own = { ...proc, "self/mountinfo": lxcfs("loadavg", "stat") };
  const sys = { "fs/cgroup/cpu.max": "150000 100000\n", "fs/cgroup/pids.current": "200\n" };

  test("that counts the container's threads, load and quota are the container's", async () => {
    const value = await collectOne(load, { proc: own, sys });
    expect(observeOne(load, value)).toMatchObject({ load_15m_per_core: expect.closeTo(0.8), cpu_cores: 1.5 });
    expect(describeOne(load, value)[0]?.lines[1]).toBe("1.5 cores, container limit");
  });

  test.each<[string, Record<string, string>]>([
    ["that shows the host's threads", { ...sys, "fs/cgroup/pids.current": "30\n" }],
    ["where the threads are not counted", {}],
  ])("%s, the load has no cores to be held against", async (_, files) => {
    const value = await collectOne(load, { proc: own, sys: files });
    expect(Object.keys(observeOne(load, value))).toEqual(["load_1m", "load_5m", "load_15m", "cpu_cores"]);
  });

  test("that leaves /proc/stat alone, the host's load is held against the host's cores", async () => {
    const mountinfo = lxcfs("meminfo", "loadavg");
    const value = await collectOne(load, { proc: { ...proc, "self/mountinfo": mountinfo }, sys: {} });
    expect(observeOne(load, value)).toMatchObject({ load_15m_per_core: 0.6 });
  });
});

test("where the cores are not told the averages still are", async () => {
  const value = await collectOne(load, { proc: { ...proc, stat: "cpu  1 2 3 4 5 6 7 8 9 10\n" } });
  expect(Object.keys(observeOne(load, value))).toEqual(["load_1m", "load_5m", "load_15m"]);
  expect(describeOne(load, value)[0]?.percent).toBeUndefined();
});

test("a malformed file is a failure", () => {
  expect(() => parseLoadavg("0.31 x\n")).toThrow("malformed");
});
