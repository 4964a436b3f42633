import { expect, test } from "bun:test";

import { collect } from "../../lib/measure/collect.ts";
import { metricNames } from "../../lib/metrics/index.ts";
import type { Host } from "../../lib/model/host.ts";
import type { Config } from "../../lib/settings/config.ts";
import { decide } from "../../lib/settings/decide.ts";
import { testHost } from "../support/testHost.ts";
import { virtualClock } from "../support/virtualClock.ts";

const decided = decide([]);
if (!decided.ok) throw new Error("the defaults are wrong");
const defaults: Config = decided.value;

const proc = {
  stat: "cpu  100 0 50 850 0 0 0 0 0 0\ncpu0 50 0 25 425 0 0 0 0 0 0\n",
  loadavg: "0.50 0.40 0.30 1/100 999\n",
  meminfo: "MemTotal: 1000 kB\nMemAvailable: 400 kB\n",
  uptime: "100.00 180.00\n",
};

const options = { config: defaults, everything: false };

test("each metric is read, and what the machine does not have is unavailable, not failed", async () => {
  const { readings } = await collect(testHost({ proc }), virtualClock(), options);
  expect(readings.memory).toMatchObject({ status: "ok", value: { totalBytes: 1_024_000 } });
  expect(readings.storage).toEqual({ status: "unavailable", reason: "/proc/self/mountinfo is not there" });
});

test("readings have the order of the registry, whichever came in first", async () => {
  const { readings } = await collect(testHost({ proc }), virtualClock(), options);
  expect(Object.keys(readings)).toEqual([...metricNames]);
});

test("a collector that fails stops no other", async () => {
  const broken = { ...proc, meminfo: new Error("/proc/meminfo: EIO"), loadavg: "nonsense" };
  const { readings } = await collect(testHost({ proc: broken }), virtualClock(), options);
  expect(readings.memory).toEqual({ status: "failed", reason: "/proc/meminfo: EIO" });
  expect(readings.load).toEqual({ status: "failed", reason: "/proc/loadavg is malformed" });
  expect(readings.cpu.status).toBe("ok");
  expect(readings.host.status).toBe("ok");
});

test("a machine that tells nothing is still collected", async () => {
  const { readings } = await collect(testHost({}), virtualClock(), options);
  for (const reading of Object.values(readings)) expect(reading.status).not.toBe("ok");
});

test("a collector that never answers is given up, and says so", async () => {
  const silent = new Promise<string>(() => undefined);
  const host = testHost({ proc: { ...proc, meminfo: silent } });
  const { readings } = await collect(host, virtualClock(), { ...options, deadlineMs: 10 });
  expect(readings.memory).toEqual({ status: "failed", reason: "no answer within 0.01 s" });
  expect(readings.load.status).toBe("ok");
});

test("a check may take as long as its own timeout, and the others no longer for it", async () => {
  const tcp = [{ name: "slow", host: "slow", port: 1, timeoutSeconds: 0 }];
  const silent = { ...testHost({ proc }), checkTcp: () => new Promise<never>(() => undefined) };
  const { readings } = await collect(silent, virtualClock(), { ...options, config: { ...defaults, tcp } });
  expect(readings.tcpChecks).toEqual({ status: "failed", reason: "no answer within 1 s" });
  expect(readings.memory.status).toBe("ok");
});

test("the program reads nothing while the window is open, and the CPU just before it opens and just after", async () => {
  const log: string[] = [];
  const quiet = testHost({ proc });
  const host: Host = {
    ...quiet,
    readProc: (name, encoding) => {
      log.push(name);
      return quiet.readProc(name, encoding);
    },
  };
  const clock = virtualClock();
  const sleep = async (ms: number) => {
    log.push("window opens");
    await clock.sleep(ms);
    // Whatever was left running would be logged here.
    for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
    log.push("window closes");
  };
  await collect(host, { ...clock, sleep }, options);
  const opens = log.indexOf("window opens");
  expect(log.slice(opens - 1, opens + 3)).toEqual(["stat", "window opens", "window closes", "stat"]);
  expect(log.filter((entry) => entry === "window opens")).toHaveLength(1);
});

test("the window is as long as was asked for, and its length is by the clock that is never set", async () => {
  const clock = virtualClock();
  const { sample } = await collect(testHost({ proc }), clock, {
    ...options,
    config: { ...defaults, sampleSeconds: 2 },
  });
  expect(clock.slept).toEqual([2000]);
  expect(sample).toMatchObject({ seconds: 2, readings: { cpu: { status: "ok" } } });
});

test("a window of 0 is none: nothing sleeps and there is no sample", async () => {
  const clock = virtualClock();
  const { sample, readings } = await collect(testHost({ proc }), clock, {
    ...options,
    config: { ...defaults, sampleSeconds: 0 },
  });
  expect(clock.slept).toEqual([]);
  expect(sample).toBeNull();
  expect(readings.cpu.status).toBe("ok");
});

test("it says what it waits for: what is still to be read, then the window", async () => {
  const said: string[] = [];
  const meminfo = Promise.withResolvers<string>();
  const doing = (what: string) => {
    said.push(what);
    if (what === "reading memory") meminfo.resolve(proc.meminfo);
  };
  await collect(testHost({ proc: { ...proc, meminfo: meminfo.promise } }), virtualClock(), { ...options, doing });
  expect(said[0]).toMatch(/^reading probes, memory, storage and \d+ more$/);
  expect(said.slice(-2)).toEqual(["reading memory", "watching the CPU"]);
});

test("a window that an earlier look opened is closed, and none is slept through", async () => {
  const clock = virtualClock();
  const { readings } = await collect(testHost({ proc }), clock, options);
  const opened = { readings, atMs: clock.monotonicMs() };
  await clock.sleep(2000);
  const { sample } = await collect(testHost({ proc }), clock, { ...options, opened });
  expect(clock.slept).toEqual([500, 2000]);
  expect(sample).toEqual({ readings, seconds: 2 });
});
