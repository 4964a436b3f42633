import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";

import { cpuTotals } from "../../lib/host/cpuTotals.ts";
import { thisMachine } from "../../lib/host/linux.ts";
import { meminfoOf, mountinfoOf, osReleaseOf, portableMachine, statOf } from "../../lib/host/portable.ts";
import { collect } from "../../lib/measure/collect.ts";
import { cpuShares } from "../../lib/metrics/cpu.ts";
import { parseOsRelease } from "../../lib/metrics/host.ts";
import { parseMeminfo } from "../../lib/metrics/memory.ts";
import { parseMountinfo } from "../../lib/proc/mountinfo.ts";
import { parseProcStat } from "../../lib/proc/procStat.ts";
import { defaultConfig } from "../support/measure.ts";
import { virtualClock } from "../support/virtualClock.ts";
import { type Need, testWhen } from "../support/programNeeds.ts";

test("memory in use is what systeminformation calls active, not what it calls used", () => {
  const answer = { total: 8 * 1024 ** 3, active: 3 * 1024 ** 3, used: 7 * 1024 ** 3, swaptotal: 2048, swapfree: 1024 };
  expect(parseMeminfo(meminfoOf(JSON.stringify(answer)))).toEqual({
    totalBytes: 8 * 1024 ** 3,
    availableBytes: 5 * 1024 ** 3,
    swapTotalBytes: 2048,
    swapFreeBytes: 1024,
  });
});

test("volumes of one APFS container are one device, and its sealed system volume is no read-only disk", () => {
  const mounts = parseMountinfo(
    mountinfoOf(
      JSON.stringify([
        { fs: "/dev/disk3s1s1", type: "APFS", mount: "/", rw: false },
        { fs: "/dev/disk3s6", type: "APFS", mount: "/System/Volumes/VM", rw: true },
        { fs: "/dev/disk3s7", type: "APFS", mount: "/nix", rw: true },
        { fs: "/dev/disk5s1", type: "HFS", mount: "/Volumes/Old disk \u00e9\\", rw: false },
      ]),
    ),
  );
  expect(mounts.map(({ device, readOnly }) => [device, readOnly])).toEqual([
    ["disk3", false],
    ["disk3", false],
    ["0:2", true],
  ]);
  const [root, nix, old] = mounts.map(({ mountPoint }) => Buffer.from(mountPoint, "latin1").toString());
  expect([root, nix, old]).toEqual(["/", "/nix", "/Volumes/Old disk \u00e9\\"]);
});

test("no file system at all means that there is no df", () => {
  expect(() => mountinfoOf("[]")).toThrow("df is missing");
});

test("macOS has a name and a version", () => {
  const plist = `<dict><key>ProductName</key>
	<string>macOS</string><key>ProductVersion</key> <string>15.1</string></dict>`;
  expect(parseOsRelease(osReleaseOf(plist))).toBe("macOS 15.1");
  expect(parseOsRelease(osReleaseOf(""))).toBe("Linux");
});

describe("CPU time", () => {
  const spent = (user: number, idle: number) => ({
    rawCurrentLoadUser: user,
    rawCurrentLoadNice: 0,
    rawCurrentLoadSystem: 0,
    rawCurrentLoadIdle: idle,
    rawCurrentLoadIrq: 0,
    cpus: [{}, {}],
  });

  test("since the previous call is added up, so that two readings can be compared", async () => {
    const answers = [spent(900, 100), spent(250, 750)];
    const read = cpuTotals(async () => answers.shift(), virtualClock());
    const before = parseProcStat(statOf(await read()));
    const now = parseProcStat(statOf(await read()));
    expect(before.cores).toBe(2);
    const ticksOf = ({ ticks, cores }: typeof now) => ({ ...ticks, cores });
    expect(cpuShares({ before: ticksOf(before), seconds: 0.5 }, ticksOf(now))?.busy).toBe(25);
  });

  test("is read at least half a second apart, and together with whoever asks meanwhile", async () => {
    let calls = 0;
    const clock = virtualClock();
    const read = cpuTotals(async () => {
      calls += 1;
      return spent(1, 1);
    }, clock);
    await Promise.all([read(), read()]);
    expect([calls, clock.slept]).toEqual([1, []]);
    await clock.sleep(200);
    await read();
    expect([calls, clock.slept]).toEqual([2, [200, 300]]);
  });

  test("that the package does not tell is an error", () => {
    expect(cpuTotals(async () => ({}), virtualClock())()).rejects.toThrow();
  });
});

/** Not so in a plain chroot. */
const rootIsMounted: Need = {
  what: "a root that is a mount point",
  there: / \/ /.test(readFileSync("/proc/self/mounts", "utf8")),
};

testWhen([rootIsMounted])("on this machine the portable source and the kernel agree", async () => {
  // A busy machine may take long to start the programs of the portable source.
  const options = { config: { ...defaultConfig, sampleSeconds: 0.5 }, everything: false, deadlineMs: 60_000 };
  const portable = await collect(portableMachine.host, portableMachine.clock, options);
  const kernel = await collect(thisMachine.host, thisMachine.clock, { ...options, config: defaultConfig });
  const [ours, theirs] = [kernel.readings, portable.readings];
  if (ours.memory.status !== "ok" || theirs.memory.status !== "ok") throw new Error("no memory");
  expect(theirs.memory.value.totalBytes).toBe(ours.memory.value.totalBytes);
  const difference = Math.abs(theirs.memory.value.availableBytes - ours.memory.value.availableBytes);
  expect(difference / ours.memory.value.totalBytes).toBeLessThan(0.1);

  if (ours.storage.status !== "ok" || theirs.storage.status !== "ok") throw new Error("no storage");
  const sizeOfRoot = ({ value }: typeof ours.storage) => value.find(({ mount }) => mount === "/")?.usage?.totalBytes;
  expect(sizeOfRoot(theirs.storage)).toBe(sizeOfRoot(ours.storage));

  if (ours.host.status !== "ok" || theirs.host.status !== "ok") throw new Error("no host");
  expect(theirs.host.value).toMatchObject({
    hostname: ours.host.value.hostname,
    kernel: ours.host.value.kernel,
    cores: ours.host.value.cores,
  });
  if (theirs.load.status !== "ok" || theirs.cpu.status !== "ok") throw new Error("no load or CPU");
  const start = portable.sample?.readings.cpu;
  if (start?.status !== "ok") throw new Error("no CPU at the start of the window");
  const seconds = portable.sample?.seconds ?? 0;
  expect(cpuShares({ before: start.value, seconds }, theirs.cpu.value)).not.toBeNull();
});
