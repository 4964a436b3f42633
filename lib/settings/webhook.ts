import type { Result } from "../errors.ts";
import type { Baked } from "./baked.ts";
import type { Config } from "./config.ts";

/** A webhook's address, taken apart. All of it but `id` and `origin` is a credential: never print it. */
export interface Webhook {
  /** The webhook's id, a snowflake: digits, kept as text because a number would lose the last of them. */
  readonly id: string;
  /** `https://discord.com`, or the allowed host. */
  readonly origin: string;
  /** The secret half of the address. */
  readonly token: string;
  /** The thread inside the webhook's channel that messages go to. */
  readonly threadId?: string;
  /** The address to POST to: API v10 (without a version the deprecated v6 answers), with `wait=true`. */
  readonly url: string;
}

const expected = "expected https://discord.com/api/webhooks/ID/TOKEN, as Copy Webhook URL in Discord gives it";

/** v10 is not served on discordapp.com, where older addresses point. */
const discordOrigins: ReadonlyMap<string, string> = new Map([
  ["discord.com", "https://discord.com"],
  ["ptb.discord.com", "https://ptb.discord.com"],
  ["canary.discord.com", "https://canary.discord.com"],
  ["discordapp.com", "https://discord.com"],
  ["ptb.discordapp.com", "https://ptb.discord.com"],
  ["canary.discordapp.com", "https://canary.discord.com"],
]);

/**
 * Reads a webhook's address as people paste it: with an API version or without, in quotes or angle brackets. What is wrong
 * with it quotes nothing of it.
 *
 * `allowHosts` are Discord-compatible hosts beside Discord's, as `host` (any port) or `host:port`; on loopback they may
 * speak plain http.
 */
export function parseWebhook(text: string, allowHosts: readonly string[] = []): Result<Webhook> {
  // A chat adds invisible letters and curly quotes, and a sentence its full stop.
  const pasted = text.replaceAll(/\p{Cf}/gu, "").replace(/^[\s"'`<“”„‘’]+|[\s"'`>“”‘’.,;]+$/g, "");
  if (pasted === "") return no(`the webhook is empty, ${expected}`);
  const url = URL.parse(pasted);
  if (!url) return no(`the webhook is not a URL, ${expected}`);
  if (url.protocol !== "https:" && url.protocol !== "http:") return no(`the webhook is not an https URL, ${expected}`);

  const ofDiscord = discordOrigins.get(url.host);
  if (!ofDiscord && !isAllowed(url, allowHosts)) {
    return no(`the webhook's host is neither Discord's nor that of SERVER_METRICS_ALLOW_HOST, ${expected}`);
  }
  if (url.protocol === "http:" && (ofDiscord || !isLoopback(url.hostname))) {
    return no(`the webhook is plain http, which would show its token to the network, ${expected}`);
  }

  const [, variant] = /\/(slack|github)\/?$/.exec(url.pathname) ?? [];
  if (variant !== undefined) return no(`the webhook ends with /${variant}, which is for other programs: take that off`);
  const [, id, token] = /^\/api(?:\/v\d+)?\/webhooks\/(\d+)\/([\w.~-]+)\/?$/.exec(url.pathname) ?? [];
  if (/\/webhooks\/\d+\/?$/.test(url.pathname)) return no(`the webhook's token is missing, ${expected}`);
  if (!id || !token) return no(`the webhook's path is not that of a webhook, ${expected}`);
  if (ofDiscord && !/^\d{17,20}$/.test(id)) return no(`the webhook's id must have 17 to 20 digits, ${expected}`);

  const threadId = url.searchParams.get("thread_id");
  if (threadId === null) return yes({ id, token, origin: ofDiscord ?? url.origin });
  if (!/^\d+$/.test(threadId)) return no("the webhook's thread_id must be digits");
  return yes({ id, token, origin: ofDiscord ?? url.origin, threadId });
}

/** The same webhook, writing into a thread of its channel; `threadId` is a snowflake. */
function inThread({ origin, id, token }: Webhook, threadId: string): Webhook {
  return withUrl({ origin, id, token, threadId });
}

/** The public part of a webhook: its id and thread. */
export function nameWebhook({ id, threadId }: Webhook): string {
  return `webhook ${id}${threadId ? `, thread ${threadId}` : ""}`;
}

/** The address that edits one of the webhook's own messages. */
export function messageUrl({ origin, id, token, threadId }: Webhook, messageId: string): string {
  const thread = threadId ? `?thread_id=${threadId}` : "";
  return `${origin}/api/v10/webhooks/${id}/${token}/messages/${messageId}${thread}`;
}

function yes(parts: Omit<Webhook, "url">): Result<Webhook> {
  return { ok: true, value: withUrl(parts) };
}

function withUrl(parts: Omit<Webhook, "url">): Webhook {
  const thread = parts.threadId ? `&thread_id=${parts.threadId}` : "";
  return { ...parts, url: `${parts.origin}/api/v10/webhooks/${parts.id}/${parts.token}?wait=true${thread}` };
}

function no(problem: string): Result<Webhook> {
  return { ok: false, problem };
}

function isAllowed(url: URL, allowHosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const names = new Set([url.hostname, url.hostname.replace(/^\[|\]$/g, ""), `${url.hostname}:${port}`]);
  return allowHosts.some((host) => names.has(host.trim().toLowerCase()));
}

/** `URL` has already brought every spelling of an IPv4 address into the dotted form. */
function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

type Environment = Readonly<Record<string, string | undefined>>;

const howToSet =
  "no webhook: set DISCORD_WEBHOOK_URL, or build with it set " +
  "(in Discord: channel settings, Integrations, Webhooks, Copy Webhook URL)";

/** The webhook settings; empty when the settings could not be read. */
export type WebhookSettings = Partial<Pick<Config, "webhook" | "threadId">>;

/** What decides where cards and alerts go. */
export type ChannelSettings = WebhookSettings & Pick<Config, "alerts">;

/**
 * The webhook to post to; that of the environment, the settings, or the build, in this order, and the thread that the
 * settings name before the one in the address. The host that was allowed at build time stays allowed.
 */
export function findWebhook(env: Environment, baked: Baked, settings: WebhookSettings): Result<Webhook> {
  const places: readonly Place[] = [
    [env["DISCORD_WEBHOOK_URL"], "DISCORD_WEBHOOK_URL"],
    [settings.webhook, 'setting "webhook"'],
    [baked.webhook, "the webhook baked into this program"],
  ];
  const found = parseFirst(places, env, baked) ?? { ok: false, problem: howToSet };
  const { threadId } = settings;
  return found.ok && threadId ? { ok: true, value: inThread(found.value, threadId) } : found;
}

/** The webhooks of cards and alerts; the same one unless alerts have their own channel. */
export interface Channels {
  readonly cards: Webhook;
  readonly alerts: Webhook;
}

/** Both webhooks; that of the alerts from the environment, the settings, or the build, in this order. */
export function findWebhooks(env: Environment, baked: Baked, config: ChannelSettings): Result<Channels> {
  const cards = findWebhook(env, baked, config);
  if (!cards.ok) return cards;
  const places: readonly Place[] = [
    [env["DISCORD_ALERT_WEBHOOK_URL"], "DISCORD_ALERT_WEBHOOK_URL"],
    [config.alerts.webhook, 'setting "alerts.webhook"'],
    [baked.alertWebhook, "the alert webhook baked into this program"],
  ];
  const alerts = parseFirst(places, env, baked) ?? cards;
  return alerts.ok ? { ok: true, value: { cards: cards.value, alerts: alerts.value } } : alerts;
}

/** The places of a webhook address, with their names. */
type Place = readonly [text: string | null | undefined, origin: string];

/** The webhook of the first place that has one; null when none has. */
function parseFirst(places: readonly Place[], env: Environment, baked: Baked): Result<Webhook> | null {
  const [text, origin] = places.find(([found]) => found) ?? [];
  if (!text) return null;
  const allowHosts = [env["SERVER_METRICS_ALLOW_HOST"], baked.allowHost].filter((host) => host !== undefined);
  const parsed = parseWebhook(text, allowHosts);
  return parsed.ok ? parsed : { ok: false, problem: `${origin}: ${parsed.problem}` };
}
