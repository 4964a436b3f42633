import * as v from "valibot";

import type { Answer, Outcome, Part } from "./outcome.ts";
import { longest, waitInHeaders } from "./retry.ts";

const SavedMessage = v.object({
  id: v.pipe(v.string(), v.regex(/^\d+$/)),
  // A picture that an embed shows is not among the message's attachments: its id is in its address alone.
  embeds: v.fallback(v.array(v.object({ image: v.optional(v.object({ url: v.string() })) })), []),
});

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
  if (message) {
    const [, pictureId] = /\/attachments\/\d+\/(\d+)\//.exec(message.embeds[0]?.image?.url ?? "") ?? [];
    return { kind: "delivered", messageId: message.id, ...(pictureId === undefined ? {} : { pictureId }) };
  }
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
function outcomeOfNetworkFault(status: number, headersMs: number | undefined): Outcome {
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
  return "a redirect, which Discord never sends; look for a proxy or a login page in between";
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

/** Discord's error object; its code distinguishes it from a proxy's answer. */
const DiscordError = v.object({
  code: v.optional(v.number()),
  retry_after: v.optional(v.number()),
  errors: v.optional(v.unknown()),
});
type DiscordError = v.InferOutput<typeof DiscordError>;

/** Advice for a deleted webhook. */
export const anew = "create a new webhook in Discord and set DISCORD_WEBHOOK_URL, or build again";

const tooManyEdits = 30_046;

/** Not taken now; the message waits by itself. */
function deferred(reason: string, afterMs: number | undefined): Outcome {
  return { kind: "deferred", reason, ...(afterMs === undefined ? {} : { afterMs }) };
}

/** Codes that speak of the webhook: nothing can be sent to it any more. */
const goneReasons: ReadonlyMap<number, string> = new Map([
  [50_027, `the webhook's token is not valid; ${anew}`],
  [10_015, `the webhook was deleted; ${anew}`],
  [10_003, `the webhook's channel or thread is gone; set another thread_id, or ${anew}`],
  [220_001, "the webhook's channel is a forum; set thread_id to the post that this machine is to write in"],
]);

/** Codes that speak of the message that was to be edited. An archived thread is opened again by a new message. */
const uneditableReasons: ReadonlyMap<number, string> = new Map([
  [50_083, "the thread is archived"],
  [10_008, "the message was deleted"],
  [tooManyEdits, "the message is old and was edited too often"],
]);

/** Codes that speak of the channel or the moment, and need more words than the others. */
const passingReasons: ReadonlyMap<number, string> = new Map([
  [160_005, "the thread is locked; unlock it in Discord, or set another thread_id"],
  [400_001, "this server takes no files for now"],
]);

/**
 * What a refusal, a status from 400 to 499 with a code of Discord's, means for the message and for all others. Only a code
 * that names a place in the message condemns it. Every other code, documented or not, may speak of the channel or of the
 * moment, so the message is kept.
 */
function outcomeOfRefusal(
  status: number,
  error: DiscordError,
  code: number,
  headersMs: number | undefined,
  hasPicture: boolean,
): Outcome {
  const seen = `${status}, code ${code}`;
  const goneReason = goneReasons.get(code);
  if (goneReason !== undefined) return { kind: "gone", reason: `${seen}: ${goneReason}` };
  const uneditableReason = uneditableReasons.get(code);
  if (uneditableReason !== undefined) return { kind: "uneditable", reason: `${seen}: ${uneditableReason}` };
  if (code === 40_333) {
    return { kind: "blocked", reason: `${seen}: this machine is blocked by Cloudflare`, afterMs: 60_000 };
  }
  const refusedPart = partOf(code, error.errors, hasPicture);
  if (refusedPart !== null)
    return { kind: "rejected", reason: `${seen}: ${sayPart(code, error.errors)}`, part: refusedPart };
  const why = passingReasons.get(code) ?? "Discord does not take the message now; docs.discord.com explains the code";
  return deferred(`${seen}: ${why}`, waitAskedMs(error, headersMs));
}

/** The part of the message that a code names; null when it names none. */
function partOf(code: number, errors: unknown, hasPicture: boolean): Part | null {
  switch (code) {
    case 400_001:
      // It says nothing of a message without a file.
      return hasPicture ? "picture" : null;
    case 40_005:
    case 50_045:
      return hasPicture ? "picture" : "body";
    case 50_006:
      return "body";
    case 50_035: {
      const part = partAt(errors);
      return part === "picture" && !hasPicture ? "body" : part;
    }
  }
  return null;
}

function sayPart(code: number, errors: unknown): string {
  switch (code) {
    case 400_001:
      return "this server takes no files for now";
    case 50_006:
      return "Discord finds the message empty";
    case 50_035:
      return `Discord refuses the message${sayPlace(errors)}`;
  }
  return "the file is too large";
}

function waitAskedMs({ retry_after: seconds }: DiscordError, headersMs: number | undefined): number | undefined {
  return longest([seconds, headersMs === undefined ? undefined : headersMs / 1000]);
}

const tree = v.record(v.string(), v.unknown());

/** The part to remove so that the rest is accepted; null when no part is named. */
function partAt(errors: unknown): Part | null {
  const parsed = v.safeParse(tree, errors);
  const places = parsed.success ? Object.keys(parsed.output) : [];
  if (places.length === 0) return null;
  if (places.every((place) => /^(username|avatar_url)$/.test(place))) return "name";
  return places.every((place) => /^(attachments|files?(\[\d+\])?)$/.test(place)) ? "picture" : "body";
}

function sayPlace(errors: unknown): string {
  const path = firstErrorPath(errors);
  return path ? ` at ${path}` : "";
}

/** `embeds.0.fields.3.value: BASE_TYPE_MAX_LENGTH`, from the tree that comes with code 50035. */
function firstErrorPath(errors: unknown, path: readonly string[] = []): string | undefined {
  const parsed = v.safeParse(tree, errors);
  if (!parsed.success || path.length > 10) return undefined;
  const leaf = v.safeParse(v.looseObject({ _errors: v.looseTuple([v.object({ code: v.string() })]) }), errors);
  if (leaf.success) return `${path.map(word).join(".") || "the top"}: ${word(leaf.output._errors[0].code)}`;
  for (const [key, below] of Object.entries(parsed.output)) {
    const found = firstErrorPath(below, [...path, key]);
    if (found) return found;
  }
  return undefined;
}

/** The names in the tree are the other side's text; only what looks like a name passes. */
function word(text: string): string {
  return /^\w{1,40}$/.test(text) ? text : "?";
}
