import { errorCode } from "../errors.ts";

/** A certificate whose issuer is not among the roots, by Bun's and OpenSSL's names. */
const unknownIssuer: ReadonlySet<string> = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
]);

/**
 * Makes a request. It trusts the public authorities, which are inside the program, and asks once more with those of this
 * machine where the first try has failed for that: to read 150 files each time is a tenth of a run. No byte of the body
 * has been taken by then, so it is the same request.
 */
export async function fetchTrusting(url: string, init: BunFetchRequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (!unknownIssuer.has(errorCode(error))) throw error;
    const { getCACertificates } = await import("node:tls");
    const ca = [...new Set([...getCACertificates("default"), ...getCACertificates("system")])];
    return fetch(url, { ...init, tls: { ...init.tls, ca } });
  }
}
