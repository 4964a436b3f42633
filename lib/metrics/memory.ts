import * as v from "valibot";

import { percent } from "../format.ts";
import type { Metric } from "../metric.ts";

const schema = v.object({
  totalBytes: v.number(),
  availableBytes: v.number(),
  swapTotalBytes: v.number(),
  swapFreeBytes: v.number(),
});

/** Memory and swap, in bytes. Source: /proc/meminfo, `proc_meminfo(5)`. */
export type Memory = v.InferOutput<typeof schema>;

/**
 * Parses /proc/meminfo. Where the kernel does not say what is available (before 3.14, OpenVZ) it is estimated from
 * what can be dropped: free, buffers and page cache without shared memory. Throws when there is no total.
 */
export function parseMeminfo(text: string): Memory {
  const kib = new Map(
    Array.from(text.matchAll(/^(\w+(?:\(\w+\))?):\s+(\d+)/gm), ([, name = "", value]) => [name, Number(value)]),
  );
  const bytes = (name: string) => (kib.get(name) ?? 0) * 1024;
  if (!kib.has("MemTotal")) throw new Error("/proc/meminfo has no MemTotal");
  const droppable = bytes("MemFree") + bytes("Buffers") + bytes("Cached") + bytes("SReclaimable") - bytes("Shmem");
  return {
    totalBytes: bytes("MemTotal"),
    // 0 is a real value at the edge of running out, so only a missing line falls back to the estimate.
    availableBytes: kib.has("MemAvailable") ? bytes("MemAvailable") : Math.max(0, droppable),
    swapTotalBytes: bytes("SwapTotal"),
    swapFreeBytes: bytes("SwapFree"),
  };
}

const usedBytes = (memory: Memory) => memory.totalBytes - memory.availableBytes;
const swapUsedBytes = (memory: Memory) => memory.swapTotalBytes - memory.swapFreeBytes;
const share = (part: number, whole: number) => (part / whole) * 100;

/** Memory used is total minus available, which is what `free` prints; the page cache is not counted as used. */
export const memory: Metric<Memory> = {
  title: "Memory",
  schema,
  core: true,
  sampled: false,
  definitions: {
    memory_total_bytes: { unit: "bytes", type: "gauge", help: "Memory that the kernel manages." },
    memory_available_bytes: { unit: "bytes", type: "gauge", help: "Memory that programs can get without swapping." },
    memory_used_bytes: { unit: "bytes", type: "gauge", help: "Total minus available, as free(1) prints it." },
    memory_used_percent: { unit: "percent", type: "gauge", help: "Used share of memory." },
    memory_available_percent: { unit: "percent", type: "gauge", help: "Available share of memory." },
    swap_total_bytes: { unit: "bytes", type: "gauge", help: "Swap space." },
    swap_used_bytes: { unit: "bytes", type: "gauge", help: "Swap space in use." },
    swap_used_percent: { unit: "percent", type: "gauge", help: "Used share of swap." },
  },
  collect: async (host) => parseMeminfo(await host.readProc("meminfo")),
  observe: (now) => {
    const swap =
      now.swapTotalBytes === 0
        ? []
        : [
            { name: "swap_total_bytes", labels: {}, value: now.swapTotalBytes },
            { name: "swap_used_bytes", labels: {}, value: swapUsedBytes(now) },
            { name: "swap_used_percent", labels: {}, value: share(swapUsedBytes(now), now.swapTotalBytes) },
          ];
    return [
      { name: "memory_total_bytes", labels: {}, value: now.totalBytes },
      { name: "memory_available_bytes", labels: {}, value: now.availableBytes },
      { name: "memory_used_bytes", labels: {}, value: usedBytes(now) },
      { name: "memory_used_percent", labels: {}, value: share(usedBytes(now), now.totalBytes) },
      { name: "memory_available_percent", labels: {}, value: share(now.availableBytes, now.totalBytes) },
      ...swap,
    ];
  },
  describe: (now, _earlier, format) => {
    const used = share(usedBytes(now), now.totalBytes);
    const memoryRow = {
      label: "Memory",
      percent: used,
      lines: [percent(used), format.bytesOf(usedBytes(now), now.totalBytes)],
      importance: "core",
      about: ["memory_available_percent"],
    } as const;
    if (now.swapTotalBytes === 0) return [memoryRow];
    const swapUsed = share(swapUsedBytes(now), now.swapTotalBytes);
    const swapRow = {
      label: "Swap",
      percent: swapUsed,
      lines: [percent(swapUsed), format.bytesOf(swapUsedBytes(now), now.swapTotalBytes)],
      importance: "detail",
      about: ["swap_used_percent"],
    } as const;
    return [memoryRow, swapRow];
  },
};
