import { expect, test } from "bun:test";

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
  expect(describeOne(load, value)[0]?.lines).toEqual(["0.31", "on 2 cores", "0.42 in 5 min, 1.20 in 15 min"]);
});

test("a container's quota is the number of its cores", async () => {
  const value = await collectOne(load, { proc, sys: { "fs/cgroup/cpu.max": "150000 100000\n" } });
  expect(observeOne(load, value)).toMatchObject({ load_15m_per_core: expect.closeTo(0.8), cpu_cores: 1.5 });
  expect(describeOne(load, value)[0]?.lines[1]).toBe("on 1.5 cores, container limit");
});

test("a quota of more cores than there are limits nothing", async () => {
  const value = await collectOne(load, { proc, sys: { "fs/cgroup/cpu.max": "800000 100000\n" } });
  expect(value.cores).toBe(2);
  expect(describeOne(load, value)[0]?.lines[1]).toBe("on 2 cores");
});

test("one core is one core", async () => {
  const value = await collectOne(load, { proc, sys: { "fs/cgroup/cpu.max": "100000 100000\n" } });
  expect(describeOne(load, value)[0]?.lines[1]).toBe("on 1 core, container limit");
});

test("where the cores are not told the averages still are", async () => {
  const value = await collectOne(load, { proc: { ...proc, stat: "cpu  1 2 3 4 5 6 7 8 9 10\n" } });
  expect(Object.keys(observeOne(load, value))).toEqual(["load_1m", "load_5m", "load_15m"]);
  expect(describeOne(load, value)[0]?.percent).toBeUndefined();
});

test("a malformed file is a failure", () => {
  expect(() => parseLoadavg("0.31 x\n")).toThrow("malformed");
});
