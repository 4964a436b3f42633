import type { Clock } from "../clock.ts";
import { errorCode } from "../errors.ts";
import type { Fetch } from "../model/host.ts";
import { keptPicture, pictureName, withPicture } from "../render/discord/amend.ts";
import { messageUrl, type Webhook } from "../settings/webhook.ts";
import type { Words } from "../words/en.ts";
import type { World } from "../world.ts";
import { outcomeOfAnswer } from "./answer.ts";
import { type Answer, type Fault, type Outcome, outcomeOfFault } from "./outcome.ts";

/** One request to the webhook, a new message or a change of one of its own. */
export type WebhookRequest = Payload &
  ({ readonly method: "POST" } | { readonly method: "PATCH"; readonly messageId: string });

interface Payload {
  /** The JSON body. */
  readonly body: unknown;
  /** A PNG that goes along; the body is made to speak of it. */
  readonly picture?: Uint8Array | null;
}

/** Options of every request, whatever the environment says. */
export const strictly = {
  // Another host would be sent the headers.
  redirect: "manual",
  // Said outright, or NODE_TLS_REJECT_UNAUTHORIZED=0 would switch the verification off.
  tls: { rejectUnauthorized: true },
  // A compressed body can grow a thousandfold, and Bun complains of a broken one on stderr.
  decompress: false,
  // A connection the server has meanwhile closed would look like a lost answer.
  keepalive: false,
} as const;

/** What a delivery needs of the world. */
export type DeliveryWorld = Pick<
  World,
  "allowMs" | "fetch" | "machine" | "output" | "random" | "signal" | "version" | "words"
>;

/** The collaborators of a request. */
export interface SendDeps {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly webhook: Webhook;
  /** The program's version, for the User-Agent. */
  readonly version: string;
  readonly words: Words;
  /** One deadline over connecting, headers and body, milliseconds; default 15 000. */
  readonly timeoutMs?: number;
  /** Called with the other side's clock, milliseconds since the epoch, when an answer has it. */
  readonly hearDate?: (dateMs: number) => void;
  /** Called in the transaction that crosses out a message: what was heard is written with it. */
  readonly noteDate?: () => void;
  /** Ends the request from outside, when the run's time is over. */
  readonly signal?: AbortSignal;
}

/** Sends one request, once, and says what became of it. Never throws for anything the network does. */
export async function send(request: WebhookRequest, deps: SendDeps): Promise<Outcome> {
  const { webhook } = deps;
  const url = request.method === "PATCH" ? messageUrl(webhook, request.messageId) : webhook.url;
  const result = await exchange(request.method, url, await encode(request, deps.words), deps);
  if ("fault" in result) return outcomeOfFault(result.fault);
  const hasPicture = (request.picture ?? null) !== null || keptPicture(request.body) !== null;
  const outcome = outcomeOfAnswer(result.answer, deps.clock.now(), hasPicture);
  // A new message in its place would be the same request again.
  const isOdd = outcome.kind === "uneditable" && request.method === "POST";
  return isOdd ? { kind: "deferred", reason: outcome.reason } : outcome;
}

/** Asks Discord whether the webhook is there, which posts nothing. Never throws either. */
export async function probe(deps: Omit<SendDeps, "words">): Promise<Outcome> {
  const result = await exchange("GET", deps.webhook.url, undefined, deps);
  return "answer" in result ? outcomeOfAnswer(result.answer, deps.clock.now()) : outcomeOfFault(result.fault);
}

type Exchange = { readonly answer: Answer } | { readonly fault: Fault };

/** One request and its answer, or how it failed. */
async function exchange(
  method: string,
  url: string,
  encoded: Encoded | undefined,
  deps: Omit<SendDeps, "words">,
): Promise<Exchange> {
  const { timeoutMs = 15_000, signal: stop } = deps;
  const deadline = AbortSignal.timeout(timeoutMs);
  const body = encoded === undefined ? null : watchedBody(encoded.bytes);
  try {
    const response = await deps.fetch(url, {
      method,
      headers: headersFor(deps.version, encoded),
      ...(body === null ? {} : { body: body.stream }),
      ...strictly,
      signal: stop ? AbortSignal.any([deadline, stop]) : deadline,
    });
    const dateMs = Date.parse(response.headers.get("date") ?? "");
    if (!Number.isNaN(dateMs)) deps.hearDate?.(dateMs);
    return { answer: await readAnswer(response) };
  } catch (error) {
    const code = stop?.aborted ? "stopped" : deadline.aborted ? "deadline" : errorCode(error);
    return { fault: { code, sent: body?.sent() ?? false, timeoutMs } };
  }
}

interface Encoded {
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** JSON; with a picture a form, in which the JSON must be a plain part. */
async function encode({ body, picture = null }: Payload, words: Words): Promise<Encoded> {
  const json = JSON.stringify(picture === null ? body : withPicture(body, words));
  if (picture === null) return { type: "application/json", bytes: new TextEncoder().encode(json) };
  const form = new FormData();
  form.set("payload_json", json);
  form.set("files[0]", new Blob([picture], { type: "image/png" }), pictureName);
  const encoded = new Response(form);
  return { type: encoded.headers.get("Content-Type") ?? "", bytes: await encoded.bytes() };
}

function headersFor(version: string, body: Encoded | undefined): Record<string, string> {
  return {
    "User-Agent": `DiscordBot (https://github.com/Yourein/server_metrics, ${version})`,
    ...(body === undefined ? {} : { "Content-Type": body.type, "Content-Length": String(body.bytes.byteLength) }),
    "Accept-Encoding": "identity",
  };
}

/**
 * The body as a stream of one piece. Bun asks for it only when the connection stands (through the proxy and TLS) and
 * the head of the request is written, so having been asked is what tells a lost answer from a failed connection.
 */
function watchedBody(bytes: Uint8Array): { stream: ReadableStream<Uint8Array>; sent: () => boolean } {
  let sent = false;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    sent = true;
    controller.enqueue(bytes);
    controller.close();
  };
  return { stream: new ReadableStream({ pull }, { highWaterMark: 0 }), sent: () => sent };
}

/** Most that is read of an answer, bytes; Discord's are below 10 KiB. */
const longestBody = 64 * 1024;

/** An answer with its body, as far as it can be read. Never throws. */
export async function readAnswer(response: Response): Promise<Answer> {
  const { status, headers } = response;
  const compressed = (headers.get("content-encoding") ?? "identity") !== "identity";
  return { status, headers, body: compressed ? await discard(response) : await readBody(response) };
}

async function discard(response: Response): Promise<undefined> {
  await response.body?.cancel().catch(() => undefined);
}

/** The body as text; undefined when it breaks off, stalls until the deadline or is longer than anything of Discord's. */
async function readBody(response: Response): Promise<string | undefined> {
  if (!response.body) return "";
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  try {
    const chunks: AsyncIterable<Uint8Array> = response.body;
    for await (const chunk of chunks) {
      length += chunk.byteLength;
      if (length > longestBody) return undefined;
      text += decoder.decode(chunk, { stream: true });
    }
  } catch {
    return undefined;
  }
  return text + decoder.decode();
}
