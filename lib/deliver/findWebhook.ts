import type { Baked } from "../settings/baked.ts";
import type { Config } from "../settings/config.ts";
import { inThread, type ParsedWebhook, parseWebhook, type Webhook } from "../settings/webhook.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const howToSet =
  "no webhook: set DISCORD_WEBHOOK_URL, or build with it set " +
  "(in Discord: channel settings, Integrations, Webhooks, Copy Webhook URL)";

/** What the settings say of the webhook; nothing where they could not be read. */
export type WebhookSettings = Partial<Pick<Config, "webhook" | "threadId">>;

/**
 * The webhook to post to; that of the environment, the settings, or the build, in this order, and the thread that the
 * settings name before the one in the address. The host that was allowed at build time stays allowed.
 */
export function findWebhook(env: Environment, baked: Baked, settings: WebhookSettings): ParsedWebhook {
  const places: readonly Place[] = [
    [env["DISCORD_WEBHOOK_URL"], "DISCORD_WEBHOOK_URL"],
    [settings.webhook, 'setting "webhook"'],
    [baked.webhook, "the webhook baked into this program"],
  ];
  const found = parseFirst(places, env, baked) ?? { ok: false, problem: howToSet };
  const { threadId } = settings;
  return found.ok && threadId ? { ok: true, webhook: inThread(found.webhook, threadId) } : found;
}

/** Where cards go, and alerts; the same unless alerts have a channel of their own. */
export interface Channels {
  readonly cards: Webhook;
  readonly alerts: Webhook;
}

/** Both channels, or one clause on what is wrong with the settings of one. */
export type FoundChannels = ({ readonly ok: true } & Channels) | { readonly ok: false; readonly problem: string };

/** Both webhooks; that of the alerts from the environment, the settings, or the build, in this order. */
export function findWebhooks(env: Environment, baked: Baked, config: Config): FoundChannels {
  const cards = findWebhook(env, baked, config);
  if (!cards.ok) return cards;
  const places: readonly Place[] = [
    [env["DISCORD_ALERT_WEBHOOK_URL"], "DISCORD_ALERT_WEBHOOK_URL"],
    [config.alerts.webhook, 'setting "alerts.webhook"'],
    [baked.alertWebhook, "the alert webhook baked into this program"],
  ];
  const alerts = parseFirst(places, env, baked) ?? cards;
  return alerts.ok ? { ok: true, cards: cards.webhook, alerts: alerts.webhook } : alerts;
}

/** Where an address may stand, and what a person calls that place. */
type Place = readonly [text: string | null | undefined, origin: string];

/** The webhook of the first place that has one; null when none has. */
function parseFirst(places: readonly Place[], env: Environment, baked: Baked): ParsedWebhook | null {
  const [text, origin] = places.find(([found]) => found) ?? [];
  if (!text) return null;
  const allowHosts = [env["SERVER_METRICS_ALLOW_HOST"], baked.allowHost].filter((host) => host !== undefined);
  const parsed = parseWebhook(text, allowHosts);
  return parsed.ok ? parsed : { ok: false, problem: `${origin}: ${parsed.problem}` };
}
