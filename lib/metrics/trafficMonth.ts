import { dayMs } from "../clock.ts";
import { endOfDay, localDay } from "../format.ts";

/** Bytes in and out. */
export type Both = [received: number, sent: number];

/** Bytes by local day: `2026-08-01`. All days are those of the machine's own time zone. */
export type Days = Readonly<Record<string, Both>>;

/** Enough for a month that began on any day, and for one that is moved by a new setting. */
const daysKept = 33;
const longestGapMs = 40 * dayMs;

/** Adds what went through between two moments, to each day as much as it had of the time; forgets the oldest days. */
export function addTo(days: Days, [received, sent]: Both, fromMs: number, toMs: number): Days {
  const sums = new Map(Object.entries(days));
  const add = (ms: number, share: number) => {
    const day = localDay(ms, null);
    const [in_ = 0, out = 0] = sums.get(day) ?? [];
    sums.set(day, [in_ + Math.round(received * share), out + Math.round(sent * share)]);
  };
  // A clock that was set back has no time between.
  if (fromMs >= toMs) add(toMs, 1);
  for (let startMs = Math.max(fromMs, toMs - longestGapMs); startMs < toMs;) {
    const endMs = Math.min(endOfDay(startMs, null), toMs);
    add(startMs, (endMs - startMs) / (toMs - fromMs));
    startMs = endMs;
  }
  // What a clock that went ahead has left.
  const last = localDay(toMs + dayMs, null);
  const kept = [...sums].filter(([day]) => day <= last).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(kept.slice(-daysKept));
}

/** The first day of a day's month, and of the next one. A month without that day begins on its last one. */
export function monthOf(day: string, resets: number): { readonly from: string; readonly to: string } {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
  const beginIn = (offset: number) => {
    const days = new Date(Date.UTC(year, month + offset, 0)).getUTCDate();
    return new Date(Date.UTC(year, month - 1 + offset, Math.min(resets, days))).toISOString().slice(0, 10);
  };
  const begin = beginIn(0);
  return day >= begin ? { from: begin, to: beginIn(1) } : { from: beginIn(-1), to: begin };
}

/** What a provider counts of in and out. */
export type Counted = "out" | "in" | "both" | "max";

/** A month so far. */
export interface Month {
  readonly usedBytes: number;
  /** By its end, as it went so far; null before a day has been counted. */
  readonly projectedBytes: number | null;
  /** The day on which it ends. */
  readonly to: string;
}

/** The month at a time, out of its days; counting began at `sinceMs`. */
export function monthAt(days: Days, resets: number, count: Counted, sinceMs: number, atMs: number): Month {
  const today = localDay(atMs, null);
  const { from, to } = monthOf(today, resets);
  let [received, sent] = [0, 0];
  for (const [day, [in_, out]] of Object.entries(days)) {
    if (day < from || day >= to) continue;
    received += in_;
    sent += out;
  }
  const usedBytes = { out: sent, in: received, both: received + sent, max: Math.max(received, sent) }[count];
  const daysBetween = (one: string, other: string) => (Date.parse(other) - Date.parse(one)) / dayMs;
  const ofToday = 1 - Math.min(1, (endOfDay(atMs, null) - atMs) / dayMs);
  const counted = Math.min(daysBetween(from, today) + ofToday, (atMs - sinceMs) / dayMs);
  const left = daysBetween(today, to) - ofToday;
  return { usedBytes, projectedBytes: counted < 1 ? null : usedBytes + (usedBytes / counted) * left, to };
}
