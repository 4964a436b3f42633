import { waiting } from "../../lib/state/outbox.ts";
import type { FleetStory } from "./fleet.ts";

/** What became of all that a fleet had to say. Times in seconds from the commit to Discord's taking it. */
export interface FleetBooks {
  /** Cards that were told as themselves; for live cards, those that were not overtaken by the next one. */
  readonly cards: number;
  readonly cardsInDigests: number;
  /** At the end of the simulated time, those in digests included. */
  readonly cardsWaiting: number;
  /** Live cards that the next one took the place of before they could be sent. */
  readonly cardsOvertaken: number;
  readonly slowestCard: number | null;
  readonly alerts: number;
  readonly alertsWaiting: number;
  readonly slowestAlert: number | null;
  /** What is neither told nor waits. */
  readonly lost: number;
  /** What was told twice. */
  readonly twice: number;
  readonly mostMessagesInMinute: number;
  readonly mostInvalidInTenMinutes: number;
  readonly banned: number;
  readonly longestOutbox: number;
  readonly longestRun: number;
}

/** Draws up the books of a story. */
export function closeBooks({ discord, machines }: FleetStory, live = false): FleetBooks {
  const takenAt = new Map<string, number>();
  let [twice, cardsInDigests] = [0, 0];
  for (const { title, atMs } of discord.taken) {
    const [, , reports] = /^(\S+) digest (\d+)$/.exec(title) ?? [];
    cardsInDigests += Number(reports ?? 0);
    if (reports === undefined && takenAt.has(title)) twice += 1;
    takenAt.set(title, atMs);
  }
  const told = { card: new Array<number>(), alert: new Array<number>() };
  const missing = { card: 0, alert: 0 };
  for (const [title, committedMs] of machines.flatMap(({ committed }) => [...committed])) {
    const atMs = takenAt.get(title);
    const kind = title.includes(" alert ") ? "alert" : "card";
    if (atMs === undefined) missing[kind] += 1;
    else told[kind].push((atMs - committedMs) / 1000);
  }
  const rows = machines.flatMap(({ database }) => waiting(database));
  const alertsWaiting = rows.filter(({ kind }) => kind === "alert").length;
  const cardsWaiting = rows.reduce((sum, { kind, body }) => sum + (kind === "alert" ? 0 : reportsIn(body)), 0);
  const cardsGone = missing.card - cardsInDigests - cardsWaiting;
  const alertsGone = missing.alert - alertsWaiting;
  const takenAtAll = discord.taken.map(({ atMs }) => atMs);
  return {
    cards: told.card.length,
    cardsInDigests,
    cardsWaiting,
    cardsOvertaken: live ? cardsGone : 0,
    slowestCard: most(told.card),
    alerts: told.alert.length,
    alertsWaiting,
    slowestAlert: most(told.alert),
    lost: alertsGone + (live ? 0 : cardsGone),
    twice,
    mostMessagesInMinute: mostWithin(60_000, takenAtAll),
    mostInvalidInTenMinutes: mostWithin(600_000, discord.invalidAt),
    banned: discord.banned(),
    longestOutbox: Math.max(...machines.map(({ longestOutbox }) => longestOutbox)),
    longestRun: Math.max(...machines.map(({ longestRunMs }) => longestRunMs)) / 1000,
  };
}

/** The reports that a waiting message tells of. */
const reportsIn = (body: string) => Number(/ digest (\d+)"/.exec(body)?.[1] ?? 1);

const most = (values: readonly number[]) =>
  values.reduce<number | null>((highest, value) => Math.max(highest ?? value, value), null);

/** The most of some times, in their order, that lie within a span. */
export function mostWithin(spanMs: number, times: readonly number[]): number {
  let [first, highest] = [0, 0];
  times.forEach((ms, index) => {
    while ((times[first] ?? ms) <= ms - spanMs) first += 1;
    highest = Math.max(highest, index - first + 1);
  });
  return highest;
}
