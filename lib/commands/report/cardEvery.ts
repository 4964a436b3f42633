import { slotOf } from "../../clock.ts";
import type { Result } from "../../errors.ts";
import type { Past } from "../../state/past.ts";

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

/** Whether a run posts the card of its slot; null for a card in each run. */
export function isCardDue(cardEveryMs: number | null, { lastCard }: Pick<Past, "lastCard">, nowMs: number): boolean {
  return (
    cardEveryMs === null || lastCard === null || slotOf(lastCard.takenAtMs, cardEveryMs) !== slotOf(nowMs, cardEveryMs)
  );
}
