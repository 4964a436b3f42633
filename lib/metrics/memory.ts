import * as v from "valibot";

import { type Format, percent } from "../format.ts";
import { type Host, ifThere } from "../model/host.ts";
import { defineMetric, type Row } from "../model/metric.ts";
import { gauge, observations } from "../model/observation.ts";
import { isLxcfs, readMemoryLimit } from "../proc/cgroup.ts";

const schema = v.object({
  totalBytes: v.number(),
  availableBytes: v.number(),
  swapTotalBytes: v.number(),
  swapFreeBytes: v.number(),
  /** The part of the ZFS cache that is counted as available although the kernel does not; 0 without ZFS. */
  zfsCacheBytes: v.number(),
  /** Total and available are those of the container, not of the machine around it. */
  containerLimit: v.boolean(),
});

/**
 * Memory and swap, in bytes. Sources: /proc/meminfo, `proc_meminfo(5)`; /proc/spl/kstat/zfs/arcstats, where the ZFS
 * cache gives way like any page cache; the memory limit of a container.
 */
export type Memory = v.InferOutput<typeof schema>;

/**
 * Parses /proc/meminfo. Where the kernel does not say what is available (before 3.14, OpenVZ) it is estimated from
 * what can be dropped: free, buffers and page cache without shared memory. Throws when there is no total.
 */
export function parseMeminfo(text: string): Omit<Memory, "zfsCacheBytes" | "containerLimit"> {
  const kib = new Map(
    Array.from(text.matchAll(/^(\w+(?:\(\w+\))?):\s+(\d+)/gm), ([, name = "", value]) => [name, Number(value)]),
  );
  const bytes = (name: string) => (kib.get(name) ?? 0) * 1024;
  if (bytes("MemTotal") === 0) throw new Error("/proc/meminfo has no MemTotal");
  const droppable = bytes("MemFree") + bytes("Buffers") + bytes("Cached") + bytes("SReclaimable") - bytes("Shmem");
  return {
    totalBytes: bytes("MemTotal"),
    // 0 is a real value at the edge of running out, so only a missing line falls back to the estimate.
    availableBytes: kib.has("MemAvailable") ? bytes("MemAvailable") : Math.max(0, droppable),
    swapTotalBytes: bytes("SwapTotal"),
    swapFreeBytes: bytes("SwapFree"),
  };
}

/** What the ZFS cache can shrink by, in bytes: its size less the least size it keeps. */
export function parseArcstats(text: string): number {
  const field = (name: string) => Number(new RegExp(`^${name}\\s+\\d+\\s+(\\d+)$`, "m").exec(text)?.[1] ?? 0);
  return Math.max(0, field("size") - field("c_min"));
}

async function readZfsCache(host: Host): Promise<number> {
  return parseArcstats((await ifThere(host.readProc("spl/kstat/zfs/arcstats"))) ?? "");
}

async function collectMemory(host: Host): Promise<Memory> {
  const seen = parseMeminfo(await host.readProc("meminfo"));
  // lxcfs has put the container's limit in there already, and the ZFS cache is the host's.
  if (await isLxcfs(host, "meminfo")) return { ...seen, zfsCacheBytes: 0, containerLimit: false };
  const limit = await readMemoryLimit(host);
  if (limit !== null && limit.limitBytes < seen.totalBytes) {
    const availableBytes = Math.max(0, limit.limitBytes - limit.usedBytes);
    return { ...seen, totalBytes: limit.limitBytes, availableBytes, zfsCacheBytes: 0, containerLimit: true };
  }
  const zfsCacheBytes = Math.min(await readZfsCache(host), seen.totalBytes - seen.availableBytes);
  return { ...seen, availableBytes: seen.availableBytes + zfsCacheBytes, zfsCacheBytes, containerLimit: false };
}

const usedBytes = (memory: Memory) => memory.totalBytes - memory.availableBytes;
const swapUsedBytes = (memory: Memory) => memory.swapTotalBytes - memory.swapFreeBytes;
const share = (part: number, whole: number) => (part / whole) * 100;

function describeMemory(now: Memory, format: Format): Row<"memory_available_percent" | "memory_used_percent"> {
  const used = share(usedBytes(now), now.totalBytes);
  const lines = [
    percent(used),
    format.bytesOf(usedBytes(now), now.totalBytes),
    ...(now.containerLimit ? ["container limit"] : []),
    ...(now.zfsCacheBytes > 0 ? [`${format.bytes(now.zfsCacheBytes)} of ZFS cache not counted`] : []),
  ];
  const about = ["memory_available_percent"] as const;
  return { label: "Memory", percent: used, lines, importance: "core", about, trends: "memory_used_percent" };
}

function describeSwap(now: Memory, format: Format): Row<"swap_used_percent"> {
  const used = share(swapUsedBytes(now), now.swapTotalBytes);
  const lines = [percent(used), format.bytesOf(swapUsedBytes(now), now.swapTotalBytes)];
  const about = ["swap_used_percent"] as const;
  return { label: "Swap", percent: used, lines, importance: "detail", about, trends: "swap_used_percent" };
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
  title: "Memory",
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
      label: "Memory",
      amount: "memory_used_bytes",
      otlp: usedMemory("utilization"),
    }),
    memory_available_percent: gauge("percent", "Available share of memory."),
    memory_zfs_cache_bytes: gauge("bytes", "ZFS cache that was counted as available."),
    swap_total_bytes: gauge("bytes", "Swap space."),
    swap_used_bytes: gauge("bytes", "Swap space in use.", { otlp: { ...usedSwap("usage"), additive: true } }),
    swap_used_percent: gauge("percent", "Used share of swap.", {
      label: "Swap",
      amount: "swap_used_bytes",
      otlp: usedSwap("utilization"),
    }),
  },
  collect: collectMemory,
  observe: (now) => {
    const all = {
      total_bytes: now.totalBytes,
      available_bytes: now.availableBytes,
      used_bytes: usedBytes(now),
      used_percent: share(usedBytes(now), now.totalBytes),
      available_percent: share(now.availableBytes, now.totalBytes),
      zfs_cache_bytes: now.zfsCacheBytes > 0 ? now.zfsCacheBytes : null,
    };
    const swap = now.swapTotalBytes > 0 && {
      total_bytes: now.swapTotalBytes,
      used_bytes: swapUsedBytes(now),
      used_percent: share(swapUsedBytes(now), now.swapTotalBytes),
    };
    return [...observations("memory", all), ...observations("swap", { ...swap })];
  },
  describe: (now, _earlier, format) =>
    now.swapTotalBytes === 0 ? [describeMemory(now, format)] : [describeMemory(now, format), describeSwap(now, format)],
});
