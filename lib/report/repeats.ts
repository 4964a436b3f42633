import type { Transition } from "../alerts/alert.ts";
import type { Event } from "../alerts/events.ts";
import { dayMs, slotOf } from "../clock.ts";
import type { Announcement } from "./explain.ts";

/** Announcements of runs without a state; times in milliseconds since the epoch. */
export interface Told {
  /** When each piece of news was last told. */
  readonly news: Readonly<Record<string, number>>;
  /** The last card; null for none. */
  readonly cardMs: number | null;
  /** When something was last told, where it could not be written what that was; null otherwise. */
  readonly anythingMs: number | null;
}

const keyOfTransition = ({ rule, labels, to }: Transition) => JSON.stringify([rule, labels, to]);
const keyOfEvent = ({ kind }: Event) => JSON.stringify(["event", kind]);

/** News that is told, and whether it may mention anybody. */
export interface Fresh {
  readonly announcement: Announcement | null;
  readonly mentions: boolean;
}

/**
 * What of an announcement is worth telling by a run without a state, to which everything is new: what lasts once in each
 * slot of the clock, what is over once a day. Somebody is mentioned only for what is critical and was not told before.
 */
export function withoutRepeats(announcement: Announcement, told: Told, nowMs: number, slotMs: number): Fresh {
  const isRecent = (atMs: number | null | undefined) => nowMs >= (atMs ?? Infinity) && nowMs - (atMs ?? 0) < dayMs;
  const toldMs = (key: string) => told.news[key] ?? told.anythingMs;
  const isNew = (key: string) => !isRecent(toldMs(key));
  const isDue = (key: string, lasts: boolean) =>
    isNew(key) || (lasts && slotOf(toldMs(key) ?? 0, slotMs) !== slotOf(nowMs, slotMs));
  const transitions = announcement.transitions.filter((one) => isDue(keyOfTransition(one), one.to !== null));
  // Runs that left a word here are no silence.
  const wasSilent = ![...Object.values(told.news), told.cardMs, told.anythingMs].some(isRecent);
  const events = announcement.events.filter(
    (one) => (one.kind !== "silent" || wasSilent) && isDue(keyOfEvent(one), false),
  );
  const mentions =
    transitions.some((one) => one.to === "critical" && isNew(keyOfTransition(one))) ||
    events.some(({ severity }) => severity === "critical");
  const hasNews = transitions.length > 0 || events.length > 0;
  return { announcement: hasNews ? { ...announcement, transitions, events } : null, mentions };
}

/** Of a machine with thousands of file systems. */
const newsKept = 500;

/** What is told after a run. */
export function afterTelling(told: Told, announcement: Announcement | null, hasCard: boolean, nowMs: number): Told {
  const keys = [
    ...(announcement?.transitions ?? []).map(keyOfTransition),
    ...(announcement?.events ?? []).map(keyOfEvent),
  ];
  const recent = Object.entries(told.news).filter(([, atMs]) => atMs <= nowMs && nowMs - atMs < dayMs);
  const news = new Map([...recent, ...keys.map((key) => [key, nowMs] as const)]);
  return {
    news: Object.fromEntries([...news].slice(-newsKept)),
    cardMs: hasCard ? nowMs : told.cardMs,
    anythingMs: null,
  };
}
