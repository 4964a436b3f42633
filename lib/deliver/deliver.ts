import type { Clock } from "../clock.ts";
import type { Outcome } from "./outcome.ts";
import { retry, waitBudgetMs } from "./retry.ts";

/** The messages to deliver. */
export interface Message<Request> {
  readonly request: Request;
  /** Sent in place of `request` once an attempt may have arrived: the same, saying that it may be a duplicate. */
  readonly repeat?: Request;
  /** An attempt of an earlier run may have arrived: begin with the repeat. */
  readonly perhapsDelivered?: boolean;
}

/** The collaborators of a delivery. */
export interface DeliverDeps {
  readonly clock: Clock;
  /** A number in [0, 1), for the jitter. */
  readonly random: () => number;
  /** The run's remaining time for waiting, milliseconds; default 30 000. */
  readonly budgetMs?: number;
  /** Called before each request, so that a kill during the request is counted. */
  readonly beforeAttempt?: () => void;
  /** Ends it from outside, when the run's time is over. */
  readonly signal?: AbortSignal;
}

/** The result of a delivery. */
export interface Delivery {
  /** The last attempt's outcome; ambiguous if any attempt was. */
  readonly outcome: Outcome;
  /** One of the attempts, or of those of an earlier run, may have arrived. */
  readonly ambiguous: boolean;
  readonly attempts: number;
  /** Time spent waiting between the attempts, milliseconds. */
  readonly waitedMs: number;
}

/** Sends a message until it is delivered, refused, or not worth another try in this run. */
export async function deliver<Request>(
  message: Message<Request>,
  send: (request: Request) => Promise<Outcome>,
  deps: DeliverDeps,
): Promise<Delivery> {
  const { budgetMs = waitBudgetMs } = deps;
  let waitedMs = 0;
  let ambiguous = message.perhapsDelivered ?? false;
  for (let attempts = 1; ; attempts++) {
    deps.beforeAttempt?.();
    const last = await send(ambiguous ? (message.repeat ?? message.request) : message.request);
    if (last.kind === "retry") ambiguous ||= last.ambiguous;
    const outcome = last.kind === "retry" ? { ...last, ambiguous } : last;
    const next = retry(last, attempts, budgetMs - waitedMs, deps.random());
    if (!next.again || !(await waited(next.waitMs, deps))) return { outcome, ambiguous, attempts, waitedMs };
    waitedMs += next.waitMs;
  }
}

/** Waits; false when the run was stopped meanwhile. */
async function waited(ms: number, { clock, signal }: DeliverDeps): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return !signal?.aborted;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}
