import * as v from "valibot";

import type { Answer, Outcome } from "./outcome.ts";
import { deferred, DiscordError, outcomeOfRefusal, tooManyEdits } from "./refusal.ts";
import { longest, waitInHeaders } from "./wait.ts";

const SavedMessage = v.object({ id: v.pipe(v.string(), v.regex(/^\d+$/)) });

/**
 * What an answer of Discord's, or of whatever stood in its place, means for the message.
 *
 * Source: https://docs.discord.com/developers/topics/opcodes-and-status-codes and `…/topics/rate-limits`.
 */
export function outcomeOfAnswer(answer: Answer, nowMs: number, hasPicture = false): Outcome {
  const { status } = answer;
  if (status >= 200 && status < 300) return outcomeOfSuccess(answer);
  const error = parse(DiscordError, answer.body);
  const headersMs = waitInHeaders(answer.headers, nowMs);

  if (/^\s*error code: 1\d{3}\b/.test(answer.body ?? "")) return blocked(status, "by Cloudflare", headersMs);
  // Too many edits of an old message: it was seen with 429 as well as with 400, and waiting does not help.
  if (status === 429 && error?.code !== tooManyEdits) return outcomeOfRateLimit(error, headersMs);
  if (status === 413) {
    return { kind: "rejected", reason: "413: the message is too large", part: hasPicture ? "picture" : "body" };
  }
  if (status < 400 || status >= 500) return outcomeOfNetworkFault(status, headersMs);
  if (error?.code !== undefined) return outcomeOfRefusal(status, error, error.code, headersMs, hasPicture);
  // A bad request may be the fault of one message, so the others do not wait for it.
  if (status === 400) return deferred(`${status}: ${sayNetworkFault(status)}`, headersMs);
  return outcomeOfNetworkFault(status, headersMs);
}

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

/** Answers of a broken server, or of one that is not Discord's. */
export function outcomeOfNetworkFault(status: number, headersMs: number | undefined): Outcome {
  const reason = `${status}: ${sayNetworkFault(status)}`;
  const afterMs = headersMs === undefined ? {} : { afterMs: headersMs };
  // A gateway that answers 502 did not reach Discord; any other server fault may have come after the saving.
  if (status < 500 || status === 502) return { kind: "retry", reason, ...afterMs, ambiguous: false };
  return { kind: "retry", reason, ...afterMs, ambiguous: true, isServerFault: true };
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

/** Wait after a block that names no time, milliseconds; "60 s and more" is what Cloudflare's limits last. */
const shortestBlockMs = 60_000;

/** Turned away, whatever is sent; not again in this run. */
function blocked(status: number, how: string, afterMs: number | undefined): Outcome {
  const reason = `${status}: this machine is turned away ${how}`;
  return { kind: "blocked", reason, afterMs: Math.max(shortestBlockMs, afterMs ?? 0) };
}
