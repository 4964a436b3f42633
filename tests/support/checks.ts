import type { HttpCheck, TcpCheck } from "../../lib/model/settings.ts";

/** A check of a page with the default settings, under a deadline of 2 s. */
export function pageCheck(url: string, more: Partial<HttpCheck> = {}): HttpCheck {
  return { name: "page", url, expectStatus: null, expectText: null, timeoutSeconds: 2, tlsDays: 14, ...more };
}

/** A check of a port of this machine, under a deadline of 2 s. */
export function portCheck(port: number, more: Partial<TcpCheck> = {}): TcpCheck {
  return { name: "port", host: "127.0.0.1", port, timeoutSeconds: 2, ...more };
}
