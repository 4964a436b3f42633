import type { Baked } from "../baked.ts";
import type { Config } from "../config.ts";
import { type ParsedWebhook, parseWebhook, type Webhook } from "./address.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const howToSet =
  "no webhook: set DISCORD_WEBHOOK_URL, or build with it set " +
  "(in Discord: channel settings, Integrations, Webhooks, Copy Webhook URL)";

/**
 * The webhook to post to; that of the environment, the settings, or the build, in this order. The host that was allowed
 * at build time stays allowed.
 */
export function findWebhook(env: Environment, baked: Baked, ofSettings: string | null): ParsedWebhook {
  const [text, origin] =
    [
      [env["DISCORD_WEBHOOK_URL"], "DISCORD_WEBHOOK_URL"],
      [ofSettings, 'setting "webhook"'],
      [baked.webhook, "the webhook baked into this program"],
    ].find(([found]) => found) ?? [];
  return text && origin ? parse(text, origin, env, baked) : { ok: false, problem: howToSet };
}

/** Where cards go, and alerts; the same unless alerts have a channel of their own. */
export type Webhooks =
  | { readonly ok: true; readonly cards: Webhook; readonly alerts: Webhook }
  | { readonly ok: false; readonly problem: string };

/** Both webhooks; that of the alerts from the environment, the settings, or the build, in this order. */
export function findWebhooks(env: Environment, baked: Baked, config: Config): Webhooks {
  const cards = findWebhook(env, baked, config.webhook);
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
