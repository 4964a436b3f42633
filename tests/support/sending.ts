import type { SendDeps } from "../../lib/deliver/request.ts";
import { parseWebhook, type Webhook } from "../../lib/settings/webhook.ts";
import { en } from "../../lib/words/en.ts";
import { virtualClock } from "./virtualClock.ts";

/** The webhook of a pasted address on any loopback port; throws when it is none. */
export function webhookAt(url: string): Webhook {
  const parsed = parseWebhook(url, ["127.0.0.1", "no-such-host.invalid"]);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
}

/** What `send` needs, with the real fetch, a clock that does not sleep, and a short deadline. */
export function sendDeps(webhookUrl: string, more: Partial<SendDeps> = {}): SendDeps {
  return {
    fetch,
    clock: virtualClock(),
    webhook: webhookAt(webhookUrl),
    version: "1.2.3",
    words: en,
    timeoutMs: 2000,
    ...more,
  };
}

/** A message that Discord takes. */
export const hello = { method: "POST", body: { content: "hello", allowed_mentions: { parse: [] } } } as const;
