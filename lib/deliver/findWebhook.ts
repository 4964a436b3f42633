import type { Baked } from "../baked.ts";
import type { Config } from "../config.ts";
import { inThread, type ParsedWebhook, parseWebhook, type Webhook } from "./address.ts";

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
  const [text, origin] =
    [
      [env["DISCORD_WEBHOOK_URL"], "DISCORD_WEBHOOK_URL"],
      [settings.webhook, 'setting "webhook"'],
      [baked.webhook, "the webhook baked into this program"],
    ].find(([found]) => found) ?? [];
  if (!text || !origin) return { ok: false, problem: howToSet };
  const found = parse(text, origin, env, baked);
  const { threadId } = settings;
  return found.ok && threadId ? { ok: true, webhook: inThread(found.webhook, threadId) } : found;
}

/** Where cards go, and alerts; the same unless alerts have a channel of their own. */
export type Webhooks =
  | { readonly ok: true; readonly cards: Webhook; readonly alerts: Webhook }
  | { readonly ok: false; readonly problem: string };

/** Both webhooks; that of the alerts from the environment, the settings, or the build, in this order. */
export function findWebhooks(env: Environment, baked: Baked, config: Config): Webhooks {
  const cards = findWebhook(env, baked, config);
  if (!cards.ok) return cards;
  const [text, origin] =
    [
      [env["DISCORD_ALERT_WEBHOOK_URL"], "DISCORD_ALERT_WEBHOOK_URL"],
      [config.alerts.webhook, 'setting "alerts.webhook"'],
      [baked.alertWebhook, "the alert webhook baked into this program"],
    ].find(([found]) => found) ?? [];
  if (!text || !origin) return { ok: true, cards: cards.webhook, alerts: cards.webhook };
  const alerts = parse(text, origin, env, baked);
  return alerts.ok ? { ok: true, cards: cards.webhook, alerts: alerts.webhook } : alerts;
}

function parse(text: string, origin: string, env: Environment, baked: Baked): ParsedWebhook {
  const allowHosts = [env["SERVER_METRICS_ALLOW_HOST"], baked.allowHost].filter((host) => host !== undefined);
  const parsed = parseWebhook(text, allowHosts);
  return parsed.ok ? parsed : { ok: false, problem: `${origin}: ${parsed.problem}` };
}
