import type { Baked } from "../baked.ts";
import { type ParsedWebhook, parseWebhook } from "./address.ts";

const howToSet =
  "no webhook: set DISCORD_WEBHOOK_URL, or build with it set " +
  "(in Discord: channel settings, Integrations, Webhooks, Copy Webhook URL)";

/**
 * The webhook to post to: the environment's before the one that was baked in. The host that was allowed at build time
 * stays allowed.
 */
export function findWebhook(env: Readonly<Record<string, string | undefined>>, baked: Baked): ParsedWebhook {
  const [text, origin] = env["DISCORD_WEBHOOK_URL"]
    ? [env["DISCORD_WEBHOOK_URL"], "DISCORD_WEBHOOK_URL"]
    : [baked.webhook, "the webhook baked into this program"];
  if (!text) return { ok: false, problem: howToSet };
  const allowHosts = [env["SERVER_METRICS_ALLOW_HOST"], baked.allowHost].filter((host) => host !== undefined);
  const parsed = parseWebhook(text, allowHosts);
  return parsed.ok ? parsed : { ok: false, problem: `${origin}: ${parsed.problem}` };
}
