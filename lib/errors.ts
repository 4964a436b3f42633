import type { CheckProblem, NetworkFault } from "./model/problem.ts";
import { sayProblem } from "./words/en/checks.ts";

/** The value, or one clause that says why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

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

/** The meaning of a connection error. Only its code is used: the message may hold the address. */
export function networkProblem(error: unknown): CheckProblem {
  const code = errorCode(error);
  const fault = networkFaultOf(code);
  return fault === null ? { code: "other", error: code } : { code: "fault", fault };
}

/** The same as a clause about the server. */
export const sayNetworkFault = (error: unknown): string => sayProblem(networkProblem(error));

/** The `code` of an error, such as `ENOENT` of `errno(3)` or SQLite's `SQLITE_BUSY`; empty where there is none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** The message of an error; anything else that was thrown has none. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : "unknown error";
}
