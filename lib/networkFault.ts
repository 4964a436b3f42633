import { errorCode } from "./error.ts";

/**
 * What an error of a connection means, as a clause about the server. Codes as Bun 1.4 gives them: those of `errno(3)`,
 * `EAI_…` of `getaddrinfo(3)`, and OpenSSL's `X509_V_ERR_…` names. Only the code is looked at: the message may hold the
 * address.
 */
export function sayNetworkFault(error: unknown): string {
  const code = errorCode(error);
  if (/^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|ETIMEOUT)$/.test(code)) return "its host is not known to DNS";
  switch (code) {
    case "ECONNREFUSED":
    case "ConnectionRefused":
      return "connection refused";
    case "ENETUNREACH":
    case "EHOSTUNREACH":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
      return "no route to it";
    case "ECONNRESET":
    case "EPIPE":
      return "closed the connection without an answer";
    case "ETIMEDOUT":
      return "the connection timed out";
    case "Malformed_HTTP_Response":
    case "InvalidHTTPResponse":
      return "does not speak HTTP";
  }
  return sayCertificateFault(code) ?? `could not be asked${code === "" ? "" : ` (${code})`}`;
}

function sayCertificateFault(code: string): string | null {
  switch (code) {
    case "CERT_HAS_EXPIRED":
      return "its certificate has expired";
    case "CERT_NOT_YET_VALID":
      return "its certificate is not valid yet";
    case "ERR_TLS_CERT_ALTNAME_INVALID":
    case "HOSTNAME_MISMATCH":
      return "its certificate belongs to another host";
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return "its certificate is self-signed";
  }
  if (/CERT|ISSUER|LEAF_SIGNATURE/.test(code)) return "its certificate's issuer is not trusted, or not sent along";
  return code === "EPROTO" || /TLS|SSL/.test(code) ? "the TLS handshake failed" : null;
}
