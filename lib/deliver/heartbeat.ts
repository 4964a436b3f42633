import { sayNetworkFault } from "../errors.ts";
import type { Fetch } from "../model/host.ts";
import { readAnswer, strictly } from "./request.ts";

/** The collaborators of a ping. */
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

const mostRedirects = 3;

async function attempt(request: Ping, deps: PingDeps) {
  const { timeoutMs = 2500 } = deps;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    return await follow(request, deps, deadline);
  } catch (error) {
    return {
      problem: deadline.aborted ? `no answer within ${timeoutMs / 1000} s` : sayNetworkFault(error),
      again: true,
    };
  }
}

/** One request and its redirects. Credentials stay with the host that they are for. */
async function follow({ url, method, headers }: Ping, { fetch, version }: PingDeps, signal: AbortSignal) {
  let next: Ping = { url, method, headers };
  for (let redirects = 0; ; redirects += 1) {
    const response = await fetch(next.url, {
      method: next.method,
      headers: { "User-Agent": `server-metrics/${version}`, ...next.headers },
      ...strictly,
      signal,
    });
    const { status } = response;
    if (![301, 302, 303, 307, 308].includes(status)) return judge(response, redirects > 0);
    await response.body?.cancel();
    const target = URL.parse(response.headers.get("location") ?? "", next.url);
    const here = new URL(next.url);
    if (redirects === mostRedirects) return { problem: `more than ${mostRedirects} redirects`, again: false };
    if (
      target === null ||
      !/^https?:$/.test(target.protocol) ||
      (here.protocol === "https:" && target.protocol === "http:")
    ) {
      return { problem: `answered ${status}, to no address that is as safe`, again: false };
    }
    const keepsMethod = next.method === "GET" || status === 307 || status === 308;
    next = {
      url: target.href,
      method: keepsMethod ? next.method : "GET",
      headers: target.origin === here.origin ? next.headers : {},
    };
  }
}

/** A login page answers every request with 200, so a page is no success. */
async function judge(response: Response, wasRedirected: boolean) {
  const isPage = /^text\/html\b/i.test(response.headers.get("content-type") ?? "");
  const { status, body = "" } = await readAnswer(response);
  if (status < 200 || status >= 300) return { problem: `answered ${status}`, again: status >= 500 };
  const isLogin = isPage && (wasRedirected || /<input[^>]+type=["']?password/i.test(body));
  return { problem: isLogin ? "a web page answered, perhaps a login" : null, again: false };
}
