import type { Certificate } from "./certificate.ts";
import { type Channel, createChannel, type Post } from "./channel.ts";
import { violations } from "./discordContract.ts";
import { answer, onRequest, type ReceivedRequest } from "./http.ts";
import { misbehaviours, type Misbehaviour } from "./misbehaviour.ts";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

/** A scripted HTTP answer; a body that is no text goes out as JSON. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/**
 * What to do with the next request. `accepted` stores the message first, so that only the answer is lost; a function is
 * called, and there is no answer.
 */
export type Script =
  ScriptedAnswer | (() => void) | Misbehaviour | "reset on accept" | { readonly accepted: Misbehaviour };

/** A request to the fake Discord. */
export interface RecordedRequest extends ReceivedRequest {
  /** The parsed body, or its part `payload_json`; undefined when it is no JSON. */
  readonly json: unknown;
  /** What came along with it. */
  readonly files: readonly File[];
}

/** Discord on loopback: keeps its rules, and breaks them on demand. */
export interface FakeDiscord extends AsyncDisposable {
  /** `127.0.0.1:PORT`, for SERVER_METRICS_ALLOW_HOST. */
  readonly host: string;
  /** As a user would paste it. */
  readonly webhookUrl: string;
  /** The secret half of it, to look for in outputs. */
  readonly token: string;
  /** Every request, in order. */
  readonly requests: readonly RecordedRequest[];
  /** The bodies of the messages that were saved: what stands in the channel. */
  readonly messages: Channel["messages"];
  /** Removes the message of this id, as its reader would. */
  readonly remove: Channel["remove"];
  /** Queues what happens to the next requests; with nothing queued it behaves as Discord does. */
  readonly script: (...scripts: readonly Script[]) => void;
  /** What happens to all requests once the queue is empty; nothing given, it behaves as Discord does. */
  readonly scriptForEver: (script?: Script) => void;
}

const id = "112233445566778899";
const token = "fake-Token_that-must-never-be-seen-0123456789abcdefghijklmnopqrstuvw";

/** Starts a fake Discord; `await using` closes it. With a certificate it speaks TLS. */
export async function fakeDiscord(tls?: Certificate): Promise<FakeDiscord> {
  const requests: RecordedRequest[] = [];
  const channel = createChannel();
  const queue: Script[] = [];
  const sockets = new Set<Socket>();
  let always: Script | undefined;

  const serve = (socket: Socket) => {
    sockets.add(socket.on("error", () => undefined).on("close", () => sockets.delete(socket)));
    if ((queue[0] ?? always) === "reset on accept") {
      queue.shift();
      return void socket.resetAndDestroy();
    }
    onRequest(socket, (received) => {
      const request = { ...received, ...partsOf(received) };
      requests.push(request);
      respond(socket, request, queue.shift() ?? always, channel);
    });
  };

  const server = tls ? createTlsServer({ ...tls }, serve) : createServer(serve);
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    host,
    token,
    requests,
    get messages() {
      return channel.messages;
    },
    remove: channel.remove,
    webhookUrl: `${tls ? "https" : "http"}://${host}/api/webhooks/${id}/${token}`,
    script: (...scripts) => void queue.push(...scripts),
    scriptForEver: (script) => void (always = script),
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise<unknown>((resolve) => server.close(resolve));
    },
  };
}

function respond(socket: Socket, request: RecordedRequest, script: Script | undefined, channel: Channel): void {
  if (script === "reset on accept" || script === undefined) return asDiscord(socket, request, channel);
  if (typeof script === "function") return script();
  if (typeof script === "string") return void misbehaviours[script](socket);
  if ("status" in script) return asScripted(socket, request, script, channel);
  channel.post(request);
  misbehaviours[script.accepted](socket);
}

function asScripted(socket: Socket, request: RecordedRequest, script: ScriptedAnswer, channel: Channel): void {
  if (refused(socket, request)) return;
  const { status, headers = {}, body = "" } = script;
  if (status >= 200 && status < 300) channel.post(request);
  const type = typeof body === "string" ? "text/html" : "application/json";
  answer(socket, status, { "Content-Type": type, ...headers }, typeof body === "string" ? body : JSON.stringify(body));
}

function asDiscord(socket: Socket, request: RecordedRequest, channel: Channel): void {
  const url = new URL(request.path, "http://discord");
  const [, hookId, hookToken, messageId] =
    /^\/api\/v10\/webhooks\/(\d+)\/([^/]+)(?:\/messages\/(\d+))?$/.exec(url.pathname) ?? [];
  const say = (status: number, body: unknown) =>
    answer(socket, status, { "Content-Type": "application/json" }, JSON.stringify(body));
  if (!hookId) return say(404, { message: "404: Not Found", code: 0 });
  if (hookId !== id) return say(404, { message: "Unknown Webhook", code: 10015 });
  if (hookToken !== token) return say(401, { message: "Invalid Webhook Token", code: 50027 });
  const answerSaved = (message: string) => {
    const picture = channel.pictureOf(message);
    // As Discord does: what an embed shows is not among the attachments.
    const shown = picture === undefined ? {} : { embeds: [{ type: "rich", image: { url: picture } }], attachments: [] };
    return say(200, { id: message, channel_id: "2001", webhook_id: hookId, ...shown });
  };
  if (request.method === "PATCH" && messageId !== undefined) {
    if (refused(socket, request)) return;
    return channel.edit(messageId, request)
      ? answerSaved(messageId)
      : say(404, { message: "Unknown Message", code: 10008 });
  }
  if (request.method === "GET") {
    return say(200, { type: 1, id, name: "fake", channel_id: "2001", guild_id: "3001", avatar: null, token });
  }
  if (request.method !== "POST") return say(405, { message: "405: Method Not Allowed", code: 0 });
  if (refused(socket, request)) return;
  const posted = channel.post(request);
  // With a file there is an answer in any case.
  if (url.searchParams.get("wait") !== "true" && request.files.length === 0) return answer(socket, 204, {}, "");
  return answerSaved(posted);
}

/** Discord looks at the body before anything else, so every test that posts also proves its body valid. */
function refused(socket: Socket, { method, json }: RecordedRequest): boolean {
  if (method !== "POST" && method !== "PATCH") return false;
  const errors = violations(json);
  if (!errors) return false;
  const body = JSON.stringify({ message: "Invalid Form Body", code: 50035, errors });
  answer(socket, 400, { "Content-Type": "application/json" }, body);
  return true;
}

/** The JSON and the files of a body, which with files is a form. */
function partsOf({ headers, body, bytes }: ReceivedRequest): Post {
  const [, boundary] = /^multipart\/form-data; boundary="?([^";]+)/.exec(headers.get("content-type") ?? "") ?? [];
  if (boundary === undefined) return { json: parse(body), files: [] };
  const parts = Buffer.from(bytes).toString("latin1").split(`--${boundary}`).slice(1, -1).map(partOf);
  const json = parts.find(({ name, filename }) => name === "payload_json" && filename === undefined);
  const files = parts.filter(({ name }) => /^files\[\d+\]$/.test(name));
  return {
    json: parse(json?.contents.toString("utf8") ?? ""),
    files: files.map(({ filename = "", contents }) => new File([new Uint8Array(contents)], filename)),
  };
}

function partOf(part: string) {
  const [, head = "", contents = ""] = /^\r\n(.*?)\r\n\r\n(.*)\r\n$/s.exec(part) ?? [];
  const [, name = ""] = /[; ]name="([^"]*)"/.exec(head) ?? [];
  const [, filename] = /filename="([^"]*)"/.exec(head) ?? [];
  return { name, filename, contents: Buffer.from(contents, "latin1") };
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
