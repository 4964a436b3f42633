import type { Outcome } from "./outcome.ts";

/** How a request ended without an answer. */
export interface Fault {
  /** The error's code, or `deadline` or `stopped` when a limit of ours cut the request short. */
  readonly code: string | undefined;
  /** Whether the connection stood and the body had begun to leave: then Discord may have saved the message. */
  readonly sent: boolean;
  /** The deadline that was set, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * What a failed `fetch` means for the message.
 *
 * Codes as Bun 1.4 gives them: those of `errno(3)`, `EAI_…` of `getaddrinfo(3)`, and OpenSSL's `X509_V_ERR_…` names.
 * The error's message and path hold the webhook's address, so only codes come in here.
 */
export function outcomeOfFault({ code, sent, timeoutMs }: Fault): Outcome {
  const reason = code === "deadline" ? sayDeadline(sent, timeoutMs) : sayCode(code ?? "");
  return { kind: "retry", reason, ambiguous: sent };
}

function sayDeadline(sent: boolean, timeoutMs: number): string {
  return `${sent ? "no answer" : "no connection"} within ${timeoutMs / 1000} s`;
}

function sayCode(code: string): string {
  if (/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|ETIMEOUT)$/.test(code)) return "could not find the webhook's host: DNS";
  switch (code) {
    case "stopped":
      return "stopped: the time of this run was over";
    case "ECONNREFUSED":
      return "connection refused";
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return "no route: is the network up?";
    case "ECONNRESET":
    case "EPIPE":
      return "the connection was closed before the answer";
    case "ETIMEDOUT":
      return "the connection timed out";
    case "Malformed_HTTP_Response":
    case "InvalidHTTPResponse":
      return "the answer was not HTTP";
    case "EMFILE":
    case "ENFILE":
      return "too many open files";
    case "ERR_PROXY_TUNNEL":
      return "the proxy refused to connect";
    case "UnsupportedProxyProtocol":
    case "ERR_INVALID_ARG_VALUE":
      return "the proxy setting is not an http or https URL";
  }
  return sayCertificate(code) ?? "the request failed";
}

function sayCertificate(code: string): string | undefined {
  switch (code) {
    case "EPROTO":
      return "the TLS handshake failed";
    case "CERT_HAS_EXPIRED":
      return "the certificate is not valid any more: is the clock right?";
    case "CERT_NOT_YET_VALID":
      return "the certificate is not valid yet: is the clock right?";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return "the certificate is not valid: it belongs to another host";
  }
  if (/CERT|ISSUER|LEAF_SIGNATURE/.test(code)) return "the certificate is not valid: its issuer is not trusted";
  if (/TLS|SSL/.test(code)) return "the TLS handshake failed";
  return undefined;
}
