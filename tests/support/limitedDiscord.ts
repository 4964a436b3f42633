import type { Clock } from "../../lib/clock.ts";

/**
 * Discord's limits as they have been seen; it publishes none but the last two, and says not to build on them. Sources:
 * https://docs.discord.com/developers/topics/rate-limits, and discord-api-docs issue 367 for the first two.
 */
export const limits = {
  /** Requests of one kind (POST, PATCH) to a webhook. */
  webhook: { count: 5, ms: 2000 },
  /** New messages in a channel; edits are none. */
  channel: { count: 30, ms: 60_000 },
  /** Requests of an address. */
  address: { count: 50, ms: 1000 },
  /** Answers 401, 403 and 429 to an address, then a ban by Cloudflare. All are counted here, those of "shared" limits too. */
  invalid: { count: 10_000, ms: 600_000 },
} as const;

/** How long a ban lasts here; an hour has been seen, and more. */
const banMs = 3_600_000;

/** Time on the way, each way. */
const wayMs = 75;

/** A message or an edit that was taken. */
export interface Taken {
  readonly atMs: number;
  readonly method: string;
  readonly title: string;
}

/** One webhook in one channel, and the address that all its users share. */
export interface LimitedDiscord {
  readonly fetch: (url: string, init: BunFetchRequestInit) => Promise<Response>;
  readonly taken: readonly Taken[];
  /** When each request came. */
  readonly requestsAt: readonly number[];
  /** When each request that counts as invalid came. */
  readonly invalidAt: readonly number[];
  /** How many requests were answered by Cloudflare's ban. */
  readonly banned: () => number;
}

interface Window {
  endMs: number;
  used: number;
}

/** A Discord that keeps its limits, by a given clock. */
export function limitedDiscord(clock: Clock): LimitedDiscord {
  const taken: Taken[] = [];
  const requestsAt: number[] = [];
  const invalidAt: number[] = [];
  const windows = new Map<string, Window>();
  let [firstInvalid, bannedUntilMs, banned] = [0, 0, 0];

  /** Milliseconds until a limit has room; 0 when it has. */
  const fullFor = (name: string, { count, ms }: { readonly count: number; readonly ms: number }) => {
    const nowMs = clock.now();
    const window = windows.get(name);
    if (window === undefined || window.endMs <= nowMs) windows.set(name, { endMs: nowMs + ms, used: 0 });
    return window !== undefined && window.endMs > nowMs && window.used >= count ? window.endMs - nowMs : 0;
  };
  const use = (name: string) => {
    const window = windows.get(name);
    if (window !== undefined) window.used += 1;
  };
  const refuse = (ms: number, scope: string) => {
    invalidAt.push(clock.now());
    while (invalidAt[firstInvalid]! <= clock.now() - limits.invalid.ms) firstInvalid += 1;
    if (invalidAt.length - firstInvalid > limits.invalid.count) bannedUntilMs = clock.now() + banMs;
    return limited(ms, scope);
  };
  const answer = async (method: string, init: BunFetchRequestInit) => {
    requestsAt.push(clock.now());
    if (clock.now() < bannedUntilMs) {
      banned += 1;
      return blocked(bannedUntilMs - clock.now());
    }
    const globally = fullFor("address", limits.address);
    if (globally > 0) return refuse(globally, "global");
    use("address");
    const byWebhook = fullFor(method, limits.webhook);
    if (byWebhook > 0) return refuse(byWebhook, "user");
    use(method);
    const byChannel = method === "POST" ? fullFor("channel", limits.channel) : 0;
    if (byChannel > 0) return refuse(byChannel, "shared");
    if (method === "POST") use("channel");
    const text = await new Response(init.body).text();
    taken.push({ atMs: clock.now(), method, title: /"title":"([^"]*)"/.exec(text)?.[1] ?? "" });
    return Response.json({ id: String(taken.length) });
  };
  const fetch = async (_url: string, init: BunFetchRequestInit) => {
    await clock.sleep(wayMs);
    const response = await answer(init.method ?? "GET", init);
    await clock.sleep(wayMs);
    return response;
  };
  return { fetch, taken, requestsAt, invalidAt, banned: () => banned };
}

function limited(ms: number, scope: string): Response {
  const headers = {
    "Retry-After": String(Math.ceil(ms / 1000)),
    "X-RateLimit-Reset-After": (ms / 1000).toFixed(3),
    "X-RateLimit-Scope": scope,
  };
  const body = { message: "You are being rate limited.", retry_after: ms / 1000, global: scope === "global" };
  return Response.json(body, { status: 429, headers });
}

const blocked = (ms: number) =>
  new Response("error code: 1015", { status: 429, headers: { "Retry-After": String(Math.ceil(ms / 1000)) } });
