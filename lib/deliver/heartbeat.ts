import { sayNetworkFault } from "../errors.ts";
import type { Fetch } from "../model/host.ts";
import { strictly } from "./request.ts";

/** What a ping needs of the world. */
export interface PingDeps {
  readonly fetch: Fetch;
  readonly version: string;
  /** For each of the two tries, milliseconds; default 2500. */
  readonly timeoutMs?: number;
}

/** One request of a heartbeat. */
export interface Ping {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

const failure = "critical, or the report was not delivered";

/**
 * How the service behind an address is told. Healthchecks and all that copied it: GET, and `/fail` after the path for a
 * failure. Uptime Kuma (`/api/push/TOKEN`): GET with `status=up` or `down`. Gatus (`/api/v1/endpoints/KEY/external`): POST
 * with `success=true` or `false`, and the token, which its address has no place for, as the user: `https://TOKEN@…`.
 * Throws when the address is none.
 */
export function pingOf(address: string, failed: boolean): Ping {
  const url = new URL(address);
  if (/\/api\/push\/[^/]+\/?$/.test(url.pathname)) {
    url.searchParams.set("status", failed ? "down" : "up");
    if (failed) url.searchParams.set("msg", failure);
    return { method: "GET", url: url.href, headers: {} };
  }
  if (/\/api\/v1\/endpoints\/[^/]+\/external\/?$/.test(url.pathname)) {
    const token = decodeURIComponent(url.username || url.password);
    url.username = "";
    url.password = "";
    url.searchParams.set("success", String(!failed));
    if (failed) url.searchParams.set("error", failure);
    return { method: "POST", url: url.href, headers: { Authorization: `Bearer ${token}` } };
  }
  if (failed) url.pathname = `${url.pathname.replace(/\/$/, "")}/fail`;
  return { method: "GET", url: url.href, headers: {} };
}

/**
 * Tells the watcher that this machine lives, and whether something is wrong with it: one try and one repeat, 5 s in all.
 * Null when it was taken, otherwise why not, in a clause without the address, which is a secret. Never throws.
 */
export async function ping(address: string, failed: boolean, deps: PingDeps): Promise<string | null> {
  try {
    const request = pingOf(address, failed);
    const first = await attempt(request, deps);
    return first.again ? (await attempt(request, deps)).problem : first.problem;
  } catch {
    return "its address is not valid";
  }
}

async function attempt({ url, method, headers }: Ping, { fetch, version, timeoutMs = 2500 }: PingDeps) {
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      headers: { "User-Agent": `server-metrics/${version}`, ...headers },
      ...strictly,
      redirect: "follow",
      signal: deadline,
    });
    await response.body?.cancel();
    const { ok, status } = response;
    return { problem: ok ? null : `answered ${status}`, again: status >= 500 };
  } catch (error) {
    return {
      problem: deadline.aborted ? `no answer within ${timeoutMs / 1000} s` : sayNetworkFault(error),
      again: true,
    };
  }
}
