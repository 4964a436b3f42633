/** Why there was no answer, or none that may be believed. */
export type NetworkFault =
  | "unknownHost"
  | "refused"
  | "noRoute"
  | "closed"
  | "timedOut"
  | "notHttp"
  | "expired"
  | "notYetValid"
  | "otherHost"
  | "selfSigned"
  | "untrusted"
  | "handshake";

/**
 * What the code of a connection's error means; null for any other. Codes as Bun 1.4 gives them: those of `errno(3)`,
 * `EAI_…` of `getaddrinfo(3)`, and OpenSSL's `X509_V_ERR_…` names.
 */
export function networkFaultOf(code: string): NetworkFault | null {
  if (/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|ETIMEOUT)$/.test(code)) return "unknownHost";
  switch (code) {
    case "ECONNREFUSED":
    case "ConnectionRefused":
      return "refused";
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return "noRoute";
    case "ECONNRESET":
    case "EPIPE":
      return "closed";
    case "ETIMEDOUT":
      return "timedOut";
    case "Malformed_HTTP_Response":
    case "InvalidHTTPResponse":
      return "notHttp";
  }
  return certificateFaultOf(code);
}

function certificateFaultOf(code: string): NetworkFault | null {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return "expired";
    case "CERT_NOT_YET_VALID":
      return "notYetValid";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return "otherHost";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return "selfSigned";
  }
  if (/CERT|ISSUER|LEAF_SIGNATURE/.test(code)) return "untrusted";
  return code === "EPROTO" || /TLS|SSL/.test(code) ? "handshake" : null;
}

const clauses: Readonly<Record<NetworkFault, string>> = {
  unknownHost: "its host is not known to DNS",
  refused: "connection refused",
  noRoute: "no route to it",
  closed: "closed the connection without an answer",
  timedOut: "the connection timed out",
  notHttp: "does not speak HTTP",
  expired: "its certificate has expired",
  notYetValid: "its certificate is not valid yet",
  otherHost: "its certificate belongs to another host",
  selfSigned: "its certificate is self-signed",
  untrusted: "its certificate's issuer is not trusted, or not sent along",
  handshake: "the TLS handshake failed",
};

/**
 * What an error of a connection means, as a clause about the server. Only its code is looked at: the message may hold the
 * address.
 */
export function sayNetworkFault(error: unknown): string {
  const code = errorCode(error);
  const fault = networkFaultOf(code);
  return fault === null ? `could not be asked${code === "" ? "" : ` (${code})`}` : clauses[fault];
}

/** The `code` of an error, such as `ENOENT` of `errno(3)` or SQLite's `SQLITE_BUSY`; empty where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** What an error says; whatever else was thrown says nothing. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
