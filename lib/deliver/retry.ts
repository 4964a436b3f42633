import { type Clock, dayMs } from "../clock.ts";
import type { OutboxRow } from "../state/outbox.ts";
import type { Outcome } from "./outcome.ts";

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

/** The decision to send again, and the wait in milliseconds. */
export type Retry = { readonly again: true; readonly waitMs: number } | { readonly again: false };

/** Most a run may spend waiting for Discord, over all its messages, milliseconds. */
export const waitBudgetMs = 30_000;

const triesInAll = 3;
/** Far more than the budget has room for; should the waits be none, it still ends. */
const triesWhenTold = 10;
/** Every repeat of a message that may have arrived is a possible duplicate, so there is one. */
const triesWhenAmbiguous = 2;

/**
 * What to do after an attempt: a few tries with exponential back-off and full jitter, or the wait that was asked for
 * and a turn on top, as long as it fits into what is left of the budget.
 *
 * `attempt` counts from 1, `random` is in [0, 1).
 */
export function retry(outcome: Outcome, attempt: number, budgetLeftMs: number, random: number): Retry {
  switch (outcome.kind) {
    case "delivered":
    case "blocked":
    case "deferred":
    case "uneditable":
    case "rejected":
    case "gone":
      return { again: false };
    case "retry": {
      const waitMs = waitAfter(outcome, attempt, random);
      return waitMs !== null && waitMs <= budgetLeftMs ? { again: true, waitMs } : { again: false };
    }
  }
}

function waitAfter({ ambiguous, afterMs }: Outcome & { kind: "retry" }, attempt: number, random: number) {
  if (ambiguous) {
    return attempt < triesWhenAmbiguous ? Math.max(afterMs ?? 0, 2000 + jitterMs(attempt, random)) : null;
  }
  // The turns get longer, so that it is the budget that ends this.
  if (afterMs !== undefined) return attempt < triesWhenTold ? afterMs + turnMs(attempt, random) : null;
  return attempt < triesInAll ? jitterMs(attempt, random) : null;
}

function jitterMs(attempt: number, random: number): number {
  return Math.round(random * 1000 * 2 ** (attempt - 1));
}

const longestBackOffMs = 30 * 60_000;

/** The back-off of a deferred message without `retry_after`, milliseconds, growing per attempt. `attempt` counts from 1. */
export function backOffMs(attempt: number): number {
  return Math.min(60_000 * 2 ** (attempt - 1), longestBackOffMs);
}

/** Tries after which a deferred message does not keep its place: those behind it pass. */
export const triesInFront = 3;

/** Tries, of some runs, after which a server fault is put down to the message: another one is tried as well. */
const triesOfAStuckOne = 6;

/** Whether the message itself may cause the other side's failure. */
export function isStuck(outcome: Outcome, attempts: number): boolean {
  return outcome.kind === "retry" && outcome.isServerFault === true && attempts >= triesOfAStuckOne;
}

/** Half of what usually lies between two reports, so that none is passed over. */
const longestTurnMs = 15 * 60_000;

/**
 * What comes on top of a wait that others were told as well, milliseconds: they must not all come back in one moment, and
 * the longer the queue lasts, the longer is the time that it spreads over. `attempt` counts from 1.
 */
export function turnMs(attempt: number, random: number): number {
  return Math.round(random * Math.min(1000 * 4 ** attempt, longestTurnMs));
}

/**
 * Whether a message that had to wait is to wait for a turn of its own besides, because others were told the same. The draw
 * stays the same until it is refused again. Messages that go before it need not wait for that.
 */
export function hasTurnAhead({ id, attempts, not_before: askedMs }: OutboxRow, nowMs: number): boolean {
  const draw = Bun.hash.xxHash32(`${id} ${askedMs}`) / 2 ** 32;
  return attempts > 0 && askedMs > 0 && askedMs <= nowMs && nowMs < askedMs + turnMs(attempts, draw);
}

/** Longest wait that is believed, in milliseconds; beyond it a message would be kept for ever by a mistyped header. */
export const longestWaitMs = dayMs;

/**
 * How long the headers of an answer ask to wait, in milliseconds; the largest of `Retry-After` (whole seconds or an
 * HTTP date, RFC 9110) and Discord's `X-RateLimit-Reset-After` (seconds, a float). Undefined when they say nothing.
 *
 * `nowMs` is the wall clock, for the date.
 */
export function waitInHeaders(headers: Headers, nowMs: number): number | undefined {
  const retryAfter = headers.get("retry-after") ?? "";
  const date = /[a-z]/i.test(retryAfter) ? (Date.parse(retryAfter) - nowMs) / 1000 : Number.NaN;
  return longest([seconds(retryAfter), date, seconds(headers.get("x-ratelimit-reset-after") ?? "")]);
}

/** The largest of some waits in seconds, as milliseconds; skips anything that is no number. */
export function longest(waits: readonly (number | undefined)[]): number | undefined {
  const told = waits.filter((wait) => wait !== undefined).filter((wait) => !Number.isNaN(wait));
  if (told.length === 0) return undefined;
  return Math.min(longestWaitMs, Math.max(0, Math.ceil(Math.max(...told) * 1000)));
}

function seconds(text: string): number {
  return /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : Number.NaN;
}
