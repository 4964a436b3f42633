import { networkProblem } from "../../errors.ts";
import { isPlainJson } from "../../model/json.ts";
import type { ProbeAnswer, ProbeSource } from "../../model/probe.ts";
import { version } from "../../version.ts";
import { readCapped, TooMuch } from "../program.ts";

/** node_exporter's page has 100 KiB, that of a large machine a MiB. */
const maxBytes = 4 * 1024 * 1024;

/** Asks for a page, by POST where there is a body. It follows no redirect: it would carry the headers elsewhere. */
export async function askPage(
  { url, headers, body }: ProbeSource & { kind: "url" },
  deadlineMs: number,
): Promise<ProbeAnswer> {
  const signal = AbortSignal.timeout(deadlineMs);
  const type = body !== null && isPlainJson(body) ? { "Content-Type": "application/json" } : {};
  try {
    const response = await fetch(url, {
      method: body === null ? "GET" : "POST",
      body,
      headers: { "User-Agent": `server-metrics/${version}`, "Accept-Encoding": "identity", ...type, ...headers },
      redirect: "manual",
      keepalive: false,
      signal,
      tls: { rejectUnauthorized: true },
    });
    if (!response.ok) {
      await response.body?.cancel();
      return { kind: "nothing", problem: { code: "status", got: response.status, wanted: null } };
    }
    return { kind: "page", text: response.body === null ? "" : await readCapped(response.body, maxBytes) };
  } catch (error) {
    if (error instanceof TooMuch) return { kind: "nothing", problem: { code: "tooMuch", bytes: maxBytes } };
    if (signal.aborted) return { kind: "nothing", problem: { code: "late", seconds: deadlineMs / 1000 } };
    return { kind: "nothing", problem: networkProblem(error) };
  }
}
