import * as v from "valibot";

import type { Outcome } from "./outcome.ts";

/** Discord's error object; a code is what tells its answers from those of a proxy. */
export const DiscordError = v.object({
  code: v.optional(v.number()),
  retry_after: v.optional(v.number()),
  errors: v.optional(v.unknown()),
});
export type DiscordError = v.InferOutput<typeof DiscordError>;

/** What to do about a webhook that is no more. */
export const anew = "copy the URL of a good one in Discord, and set DISCORD_WEBHOOK_URL or build again";

/** Wait after a block that names no time, milliseconds; "60 s and more" is what Cloudflare's limits last. */
const shortestBlockMs = 60_000;

/** Turned away, whatever is sent; not again in this run. */
export function blocked(status: number, how: string, afterMs: number | undefined): Outcome {
  const reason = `${status}: this machine is turned away ${how}`;
  return { kind: "blocked", reason, afterMs: Math.max(shortestBlockMs, afterMs ?? 0) };
}

/** What a refusal with a code of Discord's means for the message, and for all others. */
export function outcomeOfRefusal(
  status: number,
  { errors }: DiscordError,
  code: number,
  headersMs: number | undefined,
): Outcome {
  const seen = `${status}, code ${code}`;
  const gone = (why: string) => ({ kind: "rejected", reason: `${seen}: ${why}`, webhookGone: true }) as const;
  const uneditable = (why: string) => ({ kind: "uneditable", reason: `${seen}: ${why}` }) as const;
  switch (code) {
    case 50_027:
      return gone(`the webhook's token is not valid; ${anew}`);
    case 10_015:
      return gone(`the webhook was deleted; ${anew}`);
    case 10_003:
      return gone(`the webhook's channel or thread is gone; set another thread_id, or ${anew}`);
    case 220_001:
      return gone("the webhook's channel is a forum; set thread_id to the post that this machine is to write in");
    case 160_005: {
      const reason = `${seen}: the thread is locked; unlock it in Discord, or set another thread_id`;
      return { kind: "blocked", reason, afterMs: shortestBlockMs };
    }
    case 50_083:
      // A new message opens it again, an edit does not.
      return uneditable("the thread is archived");
    case 10_008:
      return uneditable("the message was deleted");
    case 30_046:
      return uneditable("the message is old and was edited too often");
  }
  // Refusals of the caller count towards a ban, so they are not repeated; but they do not condemn the message.
  if (status === 401 || status === 403 || status === 404)
    return blocked(status, `with code ${code}, which docs.discord.com explains`, headersMs);
  const path = firstErrorPath(errors);
  const place = path ? ` at ${path}` : "";
  return { kind: "rejected", reason: `${seen}: Discord refuses the message${place}`, webhookGone: false };
}

/** `embeds.0.fields.3.value: BASE_TYPE_MAX_LENGTH`, from the tree that comes with code 50035. */
function firstErrorPath(errors: unknown, path: readonly string[] = []): string | undefined {
  const tree = v.safeParse(v.record(v.string(), v.unknown()), errors);
  if (!tree.success || path.length > 10) return undefined;
  const leaf = v.safeParse(v.looseObject({ _errors: v.looseTuple([v.object({ code: v.string() })]) }), errors);
  if (leaf.success) return `${path.map(word).join(".") || "the top"}: ${word(leaf.output._errors[0].code)}`;
  for (const [key, below] of Object.entries(tree.output)) {
    const found = firstErrorPath(below, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

/** The names in the tree are the other side's text; only what looks like a name passes. */
function word(text: string): string {
  return /^\w{1,40}$/.test(text) ? text : "?";
}
