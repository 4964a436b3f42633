import * as v from "valibot";

import { networkFaultOf } from "../errors.ts";
import type { NetworkFault } from "../model/host.ts";
import { longest, waitInHeaders } from "./wait.ts";

/**
 * What became of one request to Discord; the only word the rest of the program hears of the network.
 *
 * - `delivered`: Discord saved the message under this id; the id is empty when only the status line came through.
 * - `retry`: not delivered, as far as we know. `afterMs` is how long we were asked to wait, `ambiguous` means that
 *   the request had left and the message may have been saved all the same.
 * - `blocked`: this machine is turned away, whatever it sends. Not again in this run, nor before `afterMs` are over.
 * - `uneditable`: the message that was to be edited is gone or takes no more edits; post a new one.
 * - `rejected`: Discord will not take this request, however often it is sent. `webhookGone`: nor any other.
 *
 * `reason` is fit for a person and never holds any part of the address.
 */
export type Outcome =
  | { readonly kind: "delivered"; readonly messageId: string }
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number; readonly ambiguous: boolean }
  | { readonly kind: "blocked"; readonly reason: string; readonly afterMs: number }
  | { readonly kind: "uneditable"; readonly reason: string }
  | { readonly kind: "rejected"; readonly reason: string; readonly webhookGone: boolean };

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

/** How a request ended without an answer. */
export interface Fault {
  /** The error's code, empty for none; or `deadline` or `stopped` when a limit of ours cut the request short. */
  readonly code: string;
  /** Whether the connection stood and the body had begun to leave: then Discord may have saved the message. */
  readonly sent: boolean;
  /** The deadline that was set, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * What a failed `fetch` means for the message.
 *
 * The error's message and path hold the webhook's address, so only codes come in here.
 */
export function outcomeOfFault({ code, sent, timeoutMs }: Fault): Outcome {
  const reason = code === "deadline" ? sayDeadline(sent, timeoutMs) : sayCode(code);
  return { kind: "retry", reason, ambiguous: sent };
}

function sayDeadline(sent: boolean, timeoutMs: number): string {
  const seconds = timeoutMs / 1000;
  return sent
    ? `no answer within ${seconds} s`
    : `no connection within ${seconds} s: look at the firewall, and at HTTPS_PROXY if there is a proxy`;
}

function sayCode(code: string): string {
  switch (code) {
    case "stopped":
      return "stopped: the time of this run was over";
    case "EMFILE":
    case "ENFILE":
      return "too many open files";
    case "ERR_PROXY_TUNNEL":
      return "the proxy refused to connect: let it reach discord.com, and give HTTPS_PROXY the user and password it wants";
    case "UnsupportedProxyProtocol":
    case "ERR_INVALID_ARG_VALUE":
      return "HTTPS_PROXY is not an http or https URL: make it http://HOST:PORT";
  }
  const fault = networkFaultOf(code);
  return fault === null ? "the request failed" : advice[fault];
}

const untrusted =
  "the certificate is not valid: its issuer is not trusted; if a proxy reads along, name its CA file in NODE_EXTRA_CA_CERTS";

/** What is wrong on the way to Discord, and where to look. */
const advice: Readonly<Record<NetworkFault, string>> = {
  unknownHost:
    "could not find the webhook's host: DNS; look at the network, /etc/resolv.conf, and HTTPS_PROXY if there is a proxy",
  refused: "connection refused: look at the firewall, and at HTTPS_PROXY if there is a proxy",
  noRoute: "no route: look at the network (ip route)",
  closed: "the connection was closed before the answer",
  timedOut: "the connection timed out",
  notHttp: "the answer was not HTTP",
  expired: "the certificate is not valid any more: set this machine's clock",
  notYetValid: "the certificate is not valid yet: set this machine's clock",
  otherHost:
    "the certificate is not valid: it belongs to another host; look at DNS, and for a proxy or a login page in between",
  selfSigned: untrusted,
  untrusted,
  handshake: "the TLS handshake failed: look for a proxy in between; its own address is mostly http, not https",
};
