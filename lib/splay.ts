import type { World } from "./world.ts";

/**
 * How long this machine waits before it posts, in milliseconds: always the same part of `splaySeconds`, drawn from an id
 * that only this machine has, so that a thousand machines with one schedule do not post in the same second.
 */
export function splayMs(machineId: string, splaySeconds: number): number {
  // FNV-1a, 32 bits: spreads ids that differ in one letter, and is the same in every version.
  let hash = 0x81_1c_9d_c5;
  for (const byte of new TextEncoder().encode(machineId)) hash = Math.imul(hash ^ byte, 0x01_00_01_93);
  return Math.floor(((hash >>> 0) / 2 ** 32) * splaySeconds * 1000);
}

/** Machines of one schedule post one after the other. What waits here is committed already. */
export async function waitForTurn({ machine, allowMs }: World, splaySeconds: number): Promise<void> {
  if (splaySeconds === 0) return;
  const { host, clock } = machine;
  const machineId = await host.readFile("/etc/machine-id").catch(() => host.readProc("sys/kernel/hostname"));
  const ms = splayMs(machineId.trim(), splaySeconds);
  allowMs(ms);
  await clock.sleep(ms);
}
