import { networkFaultOf } from "../errors.ts";
import type { NetworkFault } from "../model/problem.ts";

/**
 * What became of one request; the only word the rest of the program hears of the network.
 *
 * - `delivered`: saved under this id; the id is empty when only the status line came through. `pictureId` is that of the
 *   picture in it.
 * - `retry`: not delivered, as far as we know. `afterMs` is how long we were asked to wait, `ambiguous` means that
 *   the request had left and the message may have been saved all the same. `isServerFault`: the other side answered that
 *   it failed, which may be because of this message.
 * - `blocked`: this machine is turned away, whatever it sends. Not again in this run, nor before `afterMs` are over.
 * - `deferred`: this message is not taken now, for a reason that may pass. It waits by itself; others may be taken.
 * - `uneditable`: the message that was to be edited is gone or takes no more edits; post a new one.
 * - `rejected`: this request will not be taken, however often it is sent, because of a part of it.
 * - `gone`: there is nothing at this address any more.
 *
 * `reason` is fit for a person and never holds any part of the address.
 */
export type Outcome =
  | { readonly kind: "delivered"; readonly messageId: string; readonly pictureId?: string }
  | {
      readonly kind: "retry";
      readonly reason: string;
      readonly afterMs?: number;
      readonly ambiguous: boolean;
      readonly isServerFault?: true;
    }
  | { readonly kind: "blocked"; readonly reason: string; readonly afterMs: number }
  | { readonly kind: "deferred"; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: "uneditable"; readonly reason: string }
  | { readonly kind: "rejected"; readonly reason: string; readonly part: Part }
  | { readonly kind: "gone"; readonly reason: string };

/** The refused part of a message: picture, sender's name, or the rest. */
export type Part = "picture" | "name" | "body";

/** An HTTP answer, read to the end or as far as it could be. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body; undefined when it stalled, broke off, was too long or is compressed. */
  readonly body: string | undefined;
}

/** A request that ended without an answer. */
export interface Fault {
  /** The error's code, empty for none; or `deadline` or `stopped` when a limit of ours cut the request short. */
  readonly code: string;
  /** Whether the body had begun to leave on an open connection: then Discord may have saved the message. */
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

/** The fault on the way to Discord, and where to look. */
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
