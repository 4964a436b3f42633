import type { World } from "../world.ts";

/**
 * How long this machine waits before it posts, in milliseconds: always the same part of `splaySeconds`, drawn from an id
 * that only this machine has, so that a thousand machines with one schedule do not post in the same second.
 */
export function splayMs(machineId: string, splaySeconds: number): number {
  // A good hash, so that web-1 and web-2 are not neighbours; the same in every version.
  const hash = new Bun.CryptoHasher("sha256").update(machineId).digest();
  return Math.floor((hash.readUInt32BE() / 2 ** 32) * splaySeconds * 1000);
}

/** Machines of one schedule post one after the other. What waits here is committed already. */
export async function waitForTurn({ machine, allowMs, output }: World, splaySeconds: number): Promise<void> {
  if (splaySeconds === 0) return;
  const { host, clock } = machine;
  const machineId = await host
    .readFile("/etc/machine-id")
    .catch(() => host.readProc("sys/kernel/hostname"))
    .catch(() => "");
  const ms = splayMs(machineId.trim(), splaySeconds);
  allowMs(ms);
  output.doing("waiting for this machine's turn");
  await clock.sleep(ms);
}
