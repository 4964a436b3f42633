import type { Host } from "../model/metric.ts";
import type { Exporter } from "./run.ts";

/**
 * What tells this machine from all others. The id is told as it is, as OpenTelemetry's own collector does, so that both
 * name the same machine. The time of boot does not move with the clock's last digits, or counters would seem to begin
 * anew. Sources: `machine-id(5)`, btime of `proc_stat(5)`.
 */
export async function identify(host: Host): Promise<Pick<Exporter, "bootedMs" | "hostId" | "osType">> {
  const id = await host.readFile("/etc/machine-id").catch(() => "");
  const stat = await host.readProc("stat").catch(() => "");
  const bootedSeconds = /^btime (\d+)$/m.exec(stat)?.[1];
  return {
    hostId: /^[0-9a-f]{32}$/.exec(id.trim())?.[0] ?? null,
    osType: process.platform,
    bootedMs: bootedSeconds === undefined ? null : Number(bootedSeconds) * 1000,
  };
}
