import * as v from "valibot";

import type { Outcome } from "./outcome.ts";
import { blocked, DiscordError, outcomeOfRefusal } from "./refusal.ts";
import { longest, waitInHeaders } from "./wait.ts";

/** An HTTP answer, read to the end or as far as it could be. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body; undefined when it stalled, broke off, was too long or is compressed. */
  readonly body: string | undefined;
}

const SavedMessage = v.object({ id: v.pipe(v.string(), v.regex(/^\d+$/)) });

/**
 * What an answer of Discord's, or of whatever stood in its place, means for the message.
 *
 * Source: https://docs.discord.com/developers/topics/opcodes-and-status-codes and `…/topics/rate-limits`.
 */
export function outcomeOfAnswer(answer: Answer, nowMs: number): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return outcomeOfSuccess(answer);
  const error = parse(DiscordError, answer.body);
  const headersMs = waitInHeaders(answer.headers, nowMs);

  if (/^\s*error code: 1\d{3}\b/.test(answer.body ?? "")) return blocked(status, "by Cloudflare", headersMs);
  // Too many edits of an old message: it was seen with 429 as well as with 400, and waiting does not help.
  if (status === 429 && error?.code !== tooManyEdits) return outcomeOfRateLimit(error, headersMs);
  if (status === 413) return { kind: "rejected", reason: "413: the message is too large", webhookGone: false };
  if (status >= 500 || error?.code === undefined) return outcomeOfNetworkFault(status, headersMs);
  return outcomeOfRefusal(status, error, error.code, headersMs);
}

const tooManyEdits = 30_046;

function outcomeOfSuccess({ status, body }: Answer): Outcome {
  const message = parse(SavedMessage, body);
  if (message) return { kind: "delivered", messageId: message.id };
  // Where the body could not be read the status line decides, or a stall would post the message a second time.
  if (status === 204 || body === undefined) return { kind: "delivered", messageId: "" };
  return { kind: "retry", reason: `the answer was ${status} without a message id`, ambiguous: true };
}

function outcomeOfRateLimit(error: DiscordError | undefined, headersMs: number | undefined): Outcome {
  const afterMs = longest([error?.retry_after, headersMs === undefined ? undefined : headersMs / 1000]);
  // Discord's own limits always come with headers; Cloudflare's block of an address may say nothing but `code: 0`.
  if (afterMs === undefined || (headersMs === undefined && error?.code === 0)) return blocked(429, "for now", afterMs);
  const reason = "429: Discord's rate limit; where many machines share a channel, --splay spreads them";
  return { kind: "retry", reason, afterMs, ambiguous: false };
}

function outcomeOfNetworkFault(status: number, headersMs: number | undefined): Outcome {
  const afterMs = headersMs === undefined ? {} : { afterMs: headersMs };
  // A gateway that answers 502 did not reach Discord; any other server fault may have come after the saving.
  const ambiguous = status >= 500 && status !== 502;
  return { kind: "retry", reason: `${status}: ${sayNetworkFault(status)}`, ...afterMs, ambiguous };
}

function sayNetworkFault(status: number): string {
  if (status >= 500) return "Discord or something before it is out of order";
  if (status >= 400)
    return "something other than Discord answered; look for a proxy, a firewall or a login page in between";
  return "a redirect, which is not Discord's doing; look for a proxy or a login page in between";
}

function parse<const S extends v.GenericSchema>(schema: S, body: string | undefined): v.InferOutput<S> | undefined {
  const result = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), body);
  return result.success ? result.output : undefined;
}
