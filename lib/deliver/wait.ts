import { dayMs } from "../clock.ts";

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
