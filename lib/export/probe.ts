import { strictly } from "../deliver/request.ts";
import { sayNetworkFault } from "../errors.ts";
import { findObstacle } from "../host/replaceFile.ts";
import type { Fetch } from "../model/host.ts";
import type { ExportTarget } from "../settings/exports.ts";

const timeoutMs = 5000;

/**
 * Whether an export would get through, without a number: a GET, which none of the engines takes anything from. Null when it
 * would, otherwise why not, in a clause that holds no part of the address. Never throws.
 */
export async function probeExport(
  { way, address, headers }: ExportTarget,
  { fetch, version }: { readonly fetch: Fetch; readonly version: string },
): Promise<string | null> {
  if (way === "file") return findObstacle(address);
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const { status, body } = await fetch(address, {
      headers: { "User-Agent": `server-metrics/${version}`, ...headers, "Accept-Encoding": "identity" },
      ...strictly,
      signal: deadline,
    });
    await body?.cancel();
    // Who knows the path and only wants another method says 405.
    return (status >= 200 && status < 300) || status === 405 ? null : `answered ${status}`;
  } catch (error) {
    return deadline.aborted ? `no answer within ${timeoutMs / 1000} s` : sayNetworkFault(error);
  }
}
