import * as v from "valibot";

import { hourMs } from "../time.ts";
import type { Reminders } from "./alert.ts";
import { type Event, eventTime } from "./events.ts";

/** What is remembered of events that come again and again, by what they are about. */
export const EventSeries = v.record(
  v.string(),
  v.object({
    /** How often it happened, one soon after the other. */
    count: v.number(),
    /** When it last happened, and when it was last told, milliseconds since the epoch. */
    lastMs: v.number(),
    saidMs: v.number(),
  }),
);
export type EventSeries = Readonly<v.InferOutput<typeof EventSeries>>;

/** So many of a series are told one by one. */
const toldAtOnce = 3;
/** What happens again within this time belongs to the same series. */
const seriesMs = 3 * hourMs;

/**
 * Leaves out what goes on and on: a machine that boots every minute, a program that is killed each time it starts. The
 * first three are told, and then one as often as a trouble that lasts is said again.
 */
export function limitEvents(
  events: readonly Event[],
  before: EventSeries,
  reminders: Reminders,
  nowMs: number,
): { readonly told: readonly Event[]; readonly series: EventSeries } {
  // A time that is still to come is from a clock that was set back since.
  const running = Object.entries(before).filter(([, { lastMs }]) => nowMs - Math.min(lastMs, nowMs) < seriesMs);
  const series: Record<string, EventSeries[string]> = Object.fromEntries(running);
  const told = events.flatMap((event) => {
    const known = series[event.kind] ?? { count: 0, lastMs: nowMs, saidMs: nowMs };
    const count = known.count + 1;
    const reminderMs = reminders[event.severity === "critical" ? "critical" : "warning"];
    const isDue = reminderMs > 0 && nowMs - known.saidMs >= reminderMs;
    const isTold = count <= toldAtOnce || isDue;
    series[event.kind] = { count, lastMs: nowMs, saidMs: isTold ? nowMs : known.saidMs };
    if (!isTold) return [];
    return count < toldAtOnce ? [event] : [lastOf(event, count, reminderMs === 0 ? null : nowMs + reminderMs)];
  });
  return { told, series };
}

/** Whoever hears nothing more must not think that it has ended. */
function lastOf(event: Event, count: number, againMs: number | null): Event {
  const until = againMs === null ? "" : `, or until ${eventTime(againMs)}`;
  const quiet = `from now on quiet until it has not happened for 3 h${until}`;
  return { ...event, news: `${event.news}, ${count} times in a row`, details: [...event.details, quiet] };
}
