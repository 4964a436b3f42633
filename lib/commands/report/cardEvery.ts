import type { Result } from "../../errors.ts";

const minuteMs = 60_000;
const dayMinutes = 1440;

/** Reads `--card-every`: minutes or hours that divide a day, so that the slots are the same each day. */
export function readCardEvery(typed: string | undefined): Result<number | null> {
  if (typed === undefined) return { ok: true, value: null };
  const [, digits = "", unit] = /^(\d{1,4})(m|h)$/.exec(typed.trim()) ?? [];
  const minutes = Number(digits) * (unit === "h" ? 60 : 1);
  if (minutes > 0 && dayMinutes % minutes === 0) return { ok: true, value: minutes * minuteMs };
  const expected = "a time that divides a day, such as 30m or 2h";
  return { ok: false, problem: `--card-every: expected ${expected}, got ${JSON.stringify(typed)}` };
}
