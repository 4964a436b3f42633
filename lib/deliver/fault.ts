import { type NetworkFault, networkFaultOf } from "../errors.ts";
import type { Outcome } from "./outcome.ts";

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
