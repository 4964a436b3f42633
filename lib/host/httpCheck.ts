import type { PeerCertificate } from "node:tls";

import { dayMs } from "../clock.ts";
import { networkProblem } from "../errors.ts";
import type { CheckFinding, HttpFinding } from "../model/host.ts";
import type { CheckProblem } from "../model/problem.ts";
import type { HttpCheck } from "../model/settings.ts";
import { version } from "../version.ts";
import { fetchTrusting } from "./trust.ts";

const mostRedirects = 5;
const mostBytes = 1024 * 1024;

/**
 * Asks for a page: its status, whether the text stands in it, how long the answer took and how long the certificate is
 * still valid. A certificate that the machine does not trust is a problem, whatever NODE_TLS_REJECT_UNAUTHORIZED says.
 * Never throws.
 */
export async function checkHttp(check: HttpCheck): Promise<HttpFinding> {
  const deadline = AbortSignal.timeout(check.timeoutSeconds * 1000);
  const done = new AbortController();
  const startedMs = performance.now();
  const seen: Pick<PeerCertificate, "valid_from" | "valid_to">[] = [];
  const find = async (): Promise<CheckFinding> => {
    const answer = await follow(
      check,
      await requestWith(AbortSignal.any([deadline, done.signal]), (one) => seen.push(one)),
    );
    const seconds = (performance.now() - startedMs) / 1000;
    if ("code" in answer) return { problem: answer, seconds };
    return { problem: findStatus(check, answer.status) ?? (await findText(check, answer)), seconds };
  };
  const found = await find().catch((error: unknown) => ({
    problem: deadline.aborted ? ({ code: "noAnswer", seconds: check.timeoutSeconds } as const) : networkProblem(error),
    seconds: null,
  }));
  done.abort();
  return { ...found, ...shortestOf(seen) };
}

/** How long the certificate that ends first is still valid, and is in all. */
function shortestOf(
  certificates: readonly Pick<PeerCertificate, "valid_from" | "valid_to">[],
): Pick<HttpFinding, "certificateDays" | "certificateLifeDays"> {
  const [first] = certificates.toSorted((one, other) => Date.parse(one.valid_to) - Date.parse(other.valid_to));
  if (first === undefined) return { certificateDays: null };
  const endsMs = Date.parse(first.valid_to);
  return {
    certificateDays: (endsMs - Date.now()) / dayMs,
    certificateLifeDays: (endsMs - Date.parse(first.valid_from)) / dayMs,
  };
}

async function requestWith(
  signal: AbortSignal,
  note: (certificate: PeerCertificate) => void,
): Promise<BunFetchRequestInit> {
  // Here, because the module costs as much CPU time as half a start, and few machines have such a check.
  const { checkServerIdentity } = await import("node:tls");
  return {
    headers: { "User-Agent": `server-metrics/${version}`, "Accept-Encoding": "identity" },
    redirect: "manual",
    keepalive: false,
    signal,
    tls: {
      rejectUnauthorized: true,
      checkServerIdentity: (hostname: string, certificate: PeerCertificate) => {
        note(certificate);
        return checkServerIdentity(hostname, certificate);
      },
    },
  };
}

/** The answer after redirects, or their problem. A redirect that is the expected status is not followed. */
async function follow(
  { url, expectStatus }: HttpCheck,
  request: BunFetchRequestInit,
): Promise<Response | CheckProblem> {
  let address = url;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const response = await fetchTrusting(address, request);
    const target = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || target === null) return response;
    if (response.status === expectStatus) return response;
    await response.body?.cancel();
    const next = URL.parse(target, address);
    if (next === null || !/^https?:$/.test(next.protocol)) return { code: "badRedirect" };
    address = next.href;
  }
  return { code: "redirects", most: mostRedirects };
}

function findStatus({ expectStatus }: HttpCheck, status: number): CheckProblem | null {
  const isRight = expectStatus === null ? status >= 200 && status < 400 : status === expectStatus;
  return isRight ? null : { code: "status", got: status, wanted: expectStatus };
}

async function findText({ expectText }: HttpCheck, { body }: Response): Promise<CheckProblem | null> {
  if (expectText === null || (body !== null && (await contains(body, expectText)))) return null;
  return { code: "noText", text: expectText };
}

/** Whether the first MiB of a page has a text. Reading stops at the text. */
export async function contains(body: ReadableStream<Uint8Array>, text: string): Promise<boolean> {
  const decoder = new TextDecoder();
  let seen = "";
  let bytes = 0;
  for await (const chunk of body) {
    const from = Math.max(0, seen.length - text.length);
    seen += decoder.decode(chunk, { stream: true });
    if (seen.includes(text, from)) return true;
    bytes += chunk.byteLength;
    if (bytes >= mostBytes) return false;
  }
  return false;
}
