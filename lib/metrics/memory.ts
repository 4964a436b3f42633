import * as v from "valibot";

import { type Host, ifThere } from "../model/host.ts";
import { defineMetric, type Row, type Wording } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { isLxcfs, readMemoryLimit } from "../proc/cgroup.ts";
import { knownCount, parseCount, sharePercent } from "../proc/number.ts";

const schema = v.object({
  totalBytes: v.number(),
  availableBytes: v.number(),
  /** Null, both of them, when they are not known. */
  swapTotalBytes: v.nullable(v.number()),
  swapFreeBytes: v.nullable(v.number()),
  /** All of the swap is zram. What older versions kept does not have it. */
  swapInMemory: v.optional(v.boolean(), false),
  /** The part of the ZFS cache that is counted as available although the kernel does not; 0 without ZFS. */
  zfsCacheBytes: v.number(),
  /** Total and available are those of the container, not of the machine around it. */
  containerLimit: v.boolean(),
});

/**
 * Memory and swap, in bytes. Sources: /proc/meminfo, `proc_meminfo(5)`; /proc/spl/kstat/zfs/arcstats, where the ZFS
 * cache gives way like any page cache; /proc/swaps, `proc_swaps(5)`; the memory limit of a container.
 */
export type Memory = v.InferOutput<typeof schema>;

/**
 * Parses /proc/meminfo. Where the kernel does not say what is available (before 3.14, OpenVZ) it is estimated from
 * what can be dropped: free, buffers and page cache without shared memory. Throws when it does not tell how much memory
 * there is, or how much of it is available.
 */
export function parseMeminfo(text: string): Omit<Memory, "swapInMemory" | "zfsCacheBytes" | "containerLimit"> {
  // With its unit, because a number that was cut has none.
  const lines = new Map(Array.from(text.matchAll(/^(\w+):\s+(\d+) kB$/gm), ([, name = "", value]) => [name, value]));
  const bytes = (name: string) => knownCount((parseCount(lines.get(name)) ?? NaN) * 1024);
  const totalBytes = bytes("MemTotal");
  if (!totalBytes) throw new Error("/proc/meminfo has no MemTotal");
  const availableBytes = availableOf(bytes, totalBytes);
  if (availableBytes === null) throw new Error("/proc/meminfo does not tell what is available");
  const [swapTotalBytes, swapFreeBytes] = [bytes("SwapTotal"), bytes("SwapFree")];
  const isSwapKnown = swapTotalBytes !== null && swapFreeBytes !== null && swapFreeBytes <= swapTotalBytes;
  return { totalBytes, availableBytes, ...(isSwapKnown ? { swapTotalBytes, swapFreeBytes } : unknownSwap) };
}

const unknownSwap = { swapTotalBytes: null, swapFreeBytes: null };

/** Memory that programs can get, bytes; null when it is not known. */
function availableOf(bytes: (name: string) => number | null, totalBytes: number): number | null {
  const [free, available] = [bytes("MemFree"), bytes("MemAvailable")];
  // 0 is a real value at the edge of running out, so only a missing line falls back to the estimate.
  if (available !== null && available <= totalBytes) return available;
  if (free === null || free > totalBytes) return null;
  // An old lxcfs has the available memory of the host; free(1) says what is free then.
  if (available !== null) return free;
  const cached = bytes("Cached");
  if (cached === null) return null;
  // OpenVZ has none of the others.
  const others = (bytes("Buffers") ?? 0) + (bytes("SReclaimable") ?? 0) - (bytes("Shmem") ?? 0);
  return Math.min(totalBytes, Math.max(0, free + cached + others));
}

/** Whether /proc/swaps names nothing but zram, which is compressed memory: it is meant to be full. */
export function isSwapInMemory(swaps: string): boolean {
  const devices = swaps.split("\n").slice(1).filter(Boolean);
  return devices.length > 0 && devices.every((line) => /^(\/dev)?\/zram\d+\s/.test(line));
}

/** Bytes that the ZFS cache can give back: its size less its minimum. Throws when either is missing. */
export function parseArcstats(text: string): number {
  const field = (name: string) => parseCount(new RegExp(`^${name}\\s+\\d+\\s+(\\d+)\\n`, "m").exec(text)?.[1]);
  const [size, least] = [field("size"), field("c_min")];
  if (size === null || least === null) throw new Error("/proc/spl/kstat/zfs/arcstats is malformed");
  return Math.max(0, size - least);
}

async function readZfsCache(host: Host): Promise<number> {
  const arcstats = await ifThere(host.readProc("spl/kstat/zfs/arcstats"));
  return arcstats === null ? 0 : parseArcstats(arcstats);
}

async function collectMemory(host: Host): Promise<Memory> {
  // Where it cannot be read, swap is judged as swap on a disk.
  const swaps = await host.readProc("swaps").catch(() => "");
  const seen = { ...parseMeminfo(await host.readProc("meminfo")), swapInMemory: isSwapInMemory(swaps) };
  // lxcfs has put the container's limit in there already, and the ZFS cache is the host's.
  if (await isLxcfs(host, "meminfo")) return { ...seen, zfsCacheBytes: 0, containerLimit: false };
  const limit = await readMemoryLimit(host);
  if (limit !== null && limit.limitBytes < seen.totalBytes) {
    const availableBytes = Math.max(0, limit.limitBytes - limit.usedBytes);
    const swap =
      limit.swap === null
        ? unknownSwap
        : { swapTotalBytes: limit.swap.totalBytes, swapFreeBytes: limit.swap.totalBytes - limit.swap.usedBytes };
    return { ...seen, totalBytes: limit.limitBytes, availableBytes, ...swap, zfsCacheBytes: 0, containerLimit: true };
  }
  const zfsCacheBytes = Math.min(await readZfsCache(host), seen.totalBytes - seen.availableBytes);
  return { ...seen, availableBytes: seen.availableBytes + zfsCacheBytes, zfsCacheBytes, containerLimit: false };
}

const usedBytes = (memory: Memory) => memory.totalBytes - memory.availableBytes;

/** Swap space in bytes and its used share; null where there is none, and where it is not known. */
function swapOf({ swapTotalBytes, swapFreeBytes }: Memory) {
  if (swapTotalBytes === null || swapFreeBytes === null) return null;
  const usedSwapBytes = swapTotalBytes - swapFreeBytes;
  const used = sharePercent(usedSwapBytes, swapTotalBytes);
  return used === null ? null : { total_bytes: swapTotalBytes, used_bytes: usedSwapBytes, used_percent: used };
}

function describeMemory(
  now: Memory,
  { format, words }: Wording,
): Row<"memory_available_percent" | "memory_used_percent"> {
  const used = sharePercent(usedBytes(now), now.totalBytes) ?? 0;
  const remark = format.bytesOf(usedBytes(now), now.totalBytes);
  const lines = [
    words.percent(used, words.thresholdsOf("memory_used_percent", {})),
    remark,
    ...(now.containerLimit ? [words.memory.containerLimit] : []),
    ...(now.zfsCacheBytes > 0 ? [words.memory.zfs(format.bytes(now.zfsCacheBytes))] : []),
  ];
  const about = ["memory_available_percent"] as const;
  const trends = "memory_used_percent";
  return { label: words.memory.label, percent: used, lines, remark, importance: "core", about, trends };
}

function describeSwap(now: Memory, { format, words }: Wording): readonly Row<"swap_used_percent">[] {
  const swap = swapOf(now);
  if (swap === null) return [];
  const { label } = words.swap;
  const share = words.percent(swap.used_percent, words.thresholdsOf("swap_used_percent", {}));
  const lines = [share, format.bytesOf(swap.used_bytes, swap.total_bytes)];
  const about = ["swap_used_percent"] as const;
  return [{ label, percent: swap.used_percent, lines, importance: "detail", about, trends: "swap_used_percent" }];
}

const usedMemory = (what: string) => ({
  name: `system.memory.${what}`,
  attributes: { "system.memory.state": "used" },
});
const usedSwap = (what: string) => ({ name: `system.paging.${what}`, attributes: { "system.paging.state": "used" } });

/**
 * Memory used is total minus available, which is what `free` prints; the page cache is not counted as used, nor is
 * what the ZFS cache would give back.
 */
export const memory = defineMetric({
  order: 10,
  title: (words) => words.memory.label,
  schema,
  core: true,
  definitions: {
    memory_total_bytes: gauge("bytes", "Memory that the kernel manages, or the container's limit.", {
      otlp: { name: "system.memory.limit", additive: true },
    }),
    memory_available_bytes: gauge("bytes", "Memory that programs can get without swapping.", {
      otlp: { name: "system.memory.linux.available", additive: true },
    }),
    memory_used_bytes: gauge("bytes", "Total minus available, as free(1) prints it.", {
      otlp: { ...usedMemory("usage"), additive: true },
    }),
    memory_used_percent: gauge("percent", "Used share of memory.", {
      label: (words) => words.memory.label,
      amount: "memory_used_bytes",
      otlp: usedMemory("utilization"),
    }),
    memory_available_percent: gauge("percent", "Available share of memory."),
    memory_zfs_cache_bytes: gauge("bytes", "ZFS cache that was counted as available."),
    swap_total_bytes: gauge("bytes", "Swap space."),
    swap_used_bytes: gauge("bytes", "Swap space in use.", { otlp: { ...usedSwap("usage"), additive: true } }),
    swap_used_percent: gauge("percent", "Used share of swap.", {
      label: (words) => words.swap.label,
      amount: "swap_used_bytes",
      otlp: usedSwap("utilization"),
    }),
    swap_in_memory: gauge("count", "1 when all swap is zram, which is compressed memory."),
  },
  collect: collectMemory,
  observe: (now) => {
    const all = {
      total_bytes: now.totalBytes,
      available_bytes: now.availableBytes,
      used_bytes: usedBytes(now),
      used_percent: sharePercent(usedBytes(now), now.totalBytes),
      available_percent: sharePercent(now.availableBytes, now.totalBytes),
      zfs_cache_bytes: now.zfsCacheBytes > 0 ? now.zfsCacheBytes : null,
    };
    const swap = { ...swapOf(now), in_memory: now.swapInMemory ? 1 : null };
    return [...observations("memory", all), ...observations("swap", swap)];
  },
  describe: (now, _earlier, wording) => [describeMemory(now, wording), ...describeSwap(now, wording)],
});
