import { expect, test } from "bun:test";

import { isSwapInMemory, memory, parseArcstats, parseMeminfo } from "../../lib/metrics/memory.ts";
import { collectOne, describeOne, observeOne } from "../support/measure.ts";

const gib = 2 ** 30;

const meminfo = `MemTotal:        4194304 kB
MemFree:          524288 kB
MemAvailable:    3145728 kB
Buffers:          131072 kB
Cached:          2097152 kB
SwapCached:            0 kB
Active(anon):     111111 kB
Shmem:            262144 kB
SReclaimable:     131072 kB
SwapTotal:       2097152 kB
SwapFree:        1572864 kB
`;

const arcstats = `13 1 0x01 147 39984 4141531735 1093124578124
name                            type data
hits                            4    1234567
c                               4    1610612736
c_min                           4    268435456
c_max                           4    2147483648
size                            4    1342177280
compressed_size                 4    999
`;

const without = (field: string) => meminfo.replace(new RegExp(`^${field}:.*\n`, "m"), "");

/** A container of 2 GiB, 1.5 GiB of it charged, 0.5 GiB of that cache. */
const limited = {
  "fs/cgroup/memory.max": `${2 * gib}\n`,
  "fs/cgroup/memory.current": `${1.5 * gib}\n`,
  "fs/cgroup/memory.stat": `anon 1\nfile 2\ninactive_file ${gib / 2}\nactive_file 0\n`,
};

test("used is total minus available, as free prints it; the page cache is not used", async () => {
  const value = await collectOne(memory, { proc: { meminfo } });
  expect(observeOne(memory, value)).toEqual({
    memory_total_bytes: 4 * gib,
    memory_available_bytes: 3 * gib,
    memory_used_bytes: gib,
    memory_used_percent: 25,
    memory_available_percent: 75,
    swap_total_bytes: 2 * gib,
    swap_used_bytes: gib / 2,
    swap_used_percent: 25,
  });
});

test("where the kernel does not say what is available it is estimated, without shared memory", () => {
  const kib = 524288 + 131072 + 2097152 + 131072 - 262144;
  expect(parseMeminfo(without("MemAvailable")).availableBytes).toBe(kib * 1024);
});

test("an estimate is never below nothing", () => {
  const text = "MemTotal: 1000 kB\nMemFree: 10 kB\nCached: 20 kB\nShmem: 500 kB\n";
  expect(parseMeminfo(text).availableBytes).toBe(0);
});

test("nothing available is a real value at the edge of running out", () => {
  const text = meminfo.replace(/^MemAvailable:.*$/m, "MemAvailable:          0 kB");
  expect(parseMeminfo(text).availableBytes).toBe(0);
});

test("a file without a total is a failure, not a machine without memory", () => {
  expect(() => parseMeminfo(without("MemTotal"))).toThrow("MemTotal");
  expect(collectOne(memory, { proc: { meminfo: "" } })).rejects.toThrow("MemTotal");
});

// lxc/lxcfs#695, lxc/lxcfs#115.
test("more swap free than there is: nothing is known of it", async () => {
  for (const free of ["18446744073709346016", "1048577"]) {
    const text = `MemTotal: 2097152 kB\nMemFree: 1200000 kB\nMemAvailable: 1500000 kB\nSwapTotal: 1048576 kB\nSwapFree: ${free} kB\n`;
    const value = await collectOne(memory, { proc: { meminfo: text } });
    expect(Object.keys(observeOne(memory, value)).filter((key) => key.startsWith("swap"))).toEqual([]);
    expect(describeOne(memory, value).map(({ label }) => label)).toEqual(["Memory"]);
  }
});

// lxc/lxcfs#84, lxc/lxcfs#120. free(1) 4.0.2 over the same file: used 11034624.
test("more available than there is: what is free is available, as free says", async () => {
  const text = "MemTotal: 998384 kB\nMemFree: 987608 kB\nMemAvailable: 1187608 kB\n";
  const value = await collectOne(memory, { proc: { meminfo: text } });
  expect(observeOne(memory, value)).toMatchObject({
    memory_used_bytes: 11_034_624,
    memory_used_percent: expect.closeTo(1.079, 3),
  });
  expect(() => parseMeminfo(text.replace("MemFree: 987608", "MemFree: 998385"))).toThrow("available");
});

test("a line that is not there is no 0: without what is available there is no memory, without free no swap", () => {
  expect(() => parseMeminfo("MemTotal: 2097152 kB\n")).toThrow("available");
  expect(() => parseMeminfo("MemTotal: 2097152 kB\nMemFree: 10 kB\n")).toThrow("available");
  expect(parseMeminfo(without("SwapFree"))).toMatchObject({ swapTotalBytes: null, swapFreeBytes: null });
});

test.each([1, 2, 3, 4])("a number that was cut by %d characters is no number", (cut) => {
  const text = meminfo.slice(0, meminfo.indexOf(" kB\nBuffers") - cut + 1);
  expect(() => parseMeminfo(text)).toThrow("available");
});

test("a ZFS cache whose size is not told is a failure, not a machine whose cache is all in use", async () => {
  const proc = { meminfo, "spl/kstat/zfs/arcstats": arcstats.replace(/^c_min.*\n/m, "") };
  expect(collectOne(memory, { proc })).rejects.toThrow("arcstats is malformed");
});

test("without swap there is no swap to tell about", async () => {
  const value = await collectOne(memory, { proc: { meminfo: without("SwapTotal").replace(/^SwapFree:.*\n/m, "") } });
  expect(Object.keys(observeOne(memory, value)).filter((key) => key.startsWith("swap"))).toEqual([]);
  expect(describeOne(memory, value).map(({ label }) => label)).toEqual(["Memory"]);
});

test("what the ZFS cache would give back counts as available, and the row says so", async () => {
  expect(parseArcstats(arcstats)).toBe(gib);
  const value = await collectOne(memory, { proc: { meminfo, "spl/kstat/zfs/arcstats": arcstats } });
  expect(value).toMatchObject({ totalBytes: 4 * gib, availableBytes: 4 * gib, zfsCacheBytes: gib });
  expect(describeOne(memory, value)[0]?.lines).toContain("plus 1.00 GiB ZFS cache");
  expect(observeOne(memory, value)).toHaveProperty("memory_zfs_cache_bytes", gib);
});

test("no more of the ZFS cache is available than was in use", async () => {
  const huge = arcstats.replace("1342177280", "9999999999");
  const value = await collectOne(memory, { proc: { meminfo, "spl/kstat/zfs/arcstats": huge } });
  expect(value).toMatchObject({ availableBytes: 4 * gib, zfsCacheBytes: gib });
});

test("a ZFS cache at its least size gives nothing back", () => {
  expect(parseArcstats(arcstats.replace("1342177280", "1000"))).toBe(0);
});

test("in an lxcfs container the numbers are its own already, and the ZFS cache is the host's", async () => {
  const value = await collectOne(memory, {
    proc: {
      meminfo,
      "spl/kstat/zfs/arcstats": arcstats,
      "self/mountinfo": "90 80 0:50 /proc/meminfo /proc/meminfo rw - fuse.lxcfs lxcfs rw\n",
    },
    sys: limited,
  });
  expect(value).toMatchObject({
    totalBytes: 4 * gib,
    availableBytes: 3 * gib,
    zfsCacheBytes: 0,
    containerLimit: false,
  });
});

test("a container's limit below the machine's memory is the total, and the row says so", async () => {
  const value = await collectOne(memory, {
    proc: { meminfo, "1/cgroup": "0::/\n", "spl/kstat/zfs/arcstats": arcstats },
    sys: limited,
  });
  expect(value).toMatchObject({ totalBytes: 2 * gib, availableBytes: gib, zfsCacheBytes: 0, containerLimit: true });
  expect(describeOne(memory, value)[0]?.lines).toContain("container limit");
});

test.each([
  ["above the machine's memory", `${8 * gib}\n`],
  ["of version 1 that means none", "9223372036854771712\n"],
  ["that is max", "max\n"],
])("a limit %s does not count", async (_, limit) => {
  const value = await collectOne(memory, {
    proc: { meminfo, "1/cgroup": "0::/\n" },
    sys: { ...limited, "fs/cgroup/memory.max": limit },
  });
  expect(value).toMatchObject({ totalBytes: 4 * gib, availableBytes: 3 * gib, containerLimit: false });
});

test("a container beyond its limit has nothing available, never less", async () => {
  const value = await collectOne(memory, {
    proc: { meminfo, "1/cgroup": "0::/\n" },
    sys: { ...limited, "fs/cgroup/memory.current": `${3 * gib}\n` },
  });
  expect(observeOne(memory, value)).toMatchObject({ memory_available_bytes: 0, memory_used_percent: 100 });
});

// kubernetes/kubernetes#43916, google/cadvisor#1529, google/cadvisor#2604.
test("a container's page cache is not used memory, active or not, nor is what the kernel drops of its own", async () => {
  const value = await collectOne(memory, {
    proc: { meminfo, "1/cgroup": "0::/\n" },
    sys: {
      "fs/cgroup/memory.max": "536870912\n",
      "fs/cgroup/memory.current": "520093696\n",
      "fs/cgroup/memory.stat":
        "anon 62914560\nfile 440401920\nkernel 12582912\ninactive_file 4194304\nactive_file 432013312\nslab_reclaimable 8388608\n",
    },
  });
  expect(observeOne(memory, value)).toMatchObject({
    memory_used_bytes: 75_497_472,
    memory_used_percent: expect.closeTo(14.06, 2) as number,
  });
});

test("in a container with a limit the host's swap is not the container's", async () => {
  const proc = { meminfo, "1/cgroup": "0::/\n" };
  const swapKeys = async (sys: Record<string, string>) =>
    Object.entries(observeOne(memory, await collectOne(memory, { proc, sys: { ...limited, ...sys } }))).filter(
      ([key]) => key.startsWith("swap"),
    );
  expect(await swapKeys({})).toEqual([]);
  expect(await swapKeys({ "fs/cgroup/memory.swap.max": "0\n", "fs/cgroup/memory.swap.current": "0\n" })).toEqual([]);
  expect(await swapKeys({ "fs/cgroup/memory.swap.max": "1000\n", "fs/cgroup/memory.swap.current": "250\n" })).toEqual([
    ["swap_total_bytes", 1000],
    ["swap_used_bytes", 250],
    ["swap_used_percent", 25],
  ]);
});

const swapsHead = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
const zram = "/dev/zram0                              partition\t2097152\t\t2097000\t\t100\n";
const onDisk = "/swapfile                               file\t\t1048576\t\t0\t\t-2\n";

test.each([
  ["zram alone is memory", swapsHead + zram, true],
  ["two of them, too", swapsHead + zram + zram.replace("zram0", "zram11"), true],
  ["zram and a file is more than memory", swapsHead + zram + onDisk, false],
  ["a file that is called like it is on a disk", swapsHead + onDisk.replace("/swapfile", "/mnt/zram0"), false],
  ["no swap is none", swapsHead, false],
  ["nothing that could be read is none", "", false],
])("%s", (_, swaps, inMemory) => {
  expect(isSwapInMemory(swaps)).toBe(inMemory);
});

test("swap that is all zram is said to be so, in a container with a limit, too", async () => {
  for (const files of [
    { proc: { meminfo, swaps: swapsHead + zram } },
    { proc: { meminfo, swaps: swapsHead + zram }, sys: limited },
  ]) {
    const value = await collectOne(memory, files);
    expect(value.swapInMemory).toBe(true);
  }
  const value = await collectOne(memory, { proc: { meminfo, swaps: swapsHead + zram } });
  expect(observeOne(memory, value)["swap_in_memory"]).toBe(1);
  expect(observeOne(memory, await collectOne(memory, { proc: { meminfo } }))).not.toHaveProperty("swap_in_memory");
});
