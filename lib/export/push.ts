import * as v from "valibot";

import type { Clock } from "../clock.ts";
import type { Answer } from "../deliver/outcome.ts";
import { readAnswer, strictly } from "../deliver/request.ts";
import { retry, waitInHeaders } from "../deliver/retry.ts";
import { sayNetworkFault } from "../errors.ts";
import type { Fetch } from "../model/host.ts";

/** One request to an engine. */
export interface Push {
  readonly method: "POST" | "PUT";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Whether a status allows the same request again later. */
  readonly isTemporary: (status: number) => boolean;
}

/**
 * What became of it. `taken`: all or, in `note`, all but some; `later`: the same again in another run, not before
 * `afterMs` are over; `refused`: never. Words are fit for a person and hold no part of the address.
 */
export type Pushed =
  | { readonly kind: "taken"; readonly note: string | null }
  | { readonly kind: "later"; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: "refused"; readonly reason: string; readonly status: number };

/** The collaborators of a push. */
export interface PushDeps {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly version: string;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  /** The end of all waiting, by the monotonic clock, milliseconds. */
  readonly deadlineMs: number;
  /** Ends it from outside, when its time or that of the run is over. */
  readonly signal: AbortSignal;
}

/** Sends until it is taken, refused, or not worth another try in this run. Never throws for what the network does. */
export async function push(request: Push, deps: PushDeps): Promise<Pushed> {
  const { clock, deadlineMs, random, signal } = deps;
  for (let attempts = 1; ; attempts++) {
    const last = await attempt(request, deps);
    if (last.kind !== "later" || signal.aborted) return last;
    const next = retry(
      { ...last, kind: "retry", ambiguous: false },
      attempts,
      deadlineMs - clock.monotonicMs(),
      random(),
    );
    if (!next.again) return last;
    await clock.sleep(next.waitMs, signal).catch(() => undefined);
    if (signal.aborted) return last;
  }
}

async function attempt({ method, url, headers, body, isTemporary }: Push, deps: PushDeps): Promise<Pushed> {
  const { clock, signal } = deps;
  if (signal.aborted) return { kind: "later", reason: "no time was left in this run" };
  try {
    const response = await deps.fetch(url, {
      method,
      headers: { "User-Agent": `server-metrics/${deps.version}`, ...headers, "Accept-Encoding": "identity" },
      body,
      ...strictly,
      signal,
    });
    return judge(await readAnswer(response), isTemporary, clock.now());
  } catch (error) {
    return { kind: "later", reason: signal.aborted ? "no answer in time" : sayNetworkFault(error) };
  }
}

/** An OTLP collector that took some of it only; the same again would do no better. */
const partialSuccess = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    partialSuccess: v.object({ rejectedDataPoints: v.pipe(v.union([v.string(), v.number()]), v.toNumber()) }),
  }),
);

function judge({ status, headers, body }: Answer, isTemporary: Push["isTemporary"], nowMs: number): Pushed {
  if (status >= 200 && status < 300) {
    const partial = v.safeParse(partialSuccess, body);
    const rejected = partial.success ? partial.output.partialSuccess.rejectedDataPoints : 0;
    return { kind: "taken", note: rejected > 0 ? `took all but ${rejected} numbers` : null };
  }
  if (!isTemporary(status)) return { kind: "refused", reason: `answered ${status}`, status };
  const afterMs = waitInHeaders(headers, nowMs);
  return { kind: "later", reason: `answered ${status}`, ...(afterMs !== undefined && { afterMs }) };
}
