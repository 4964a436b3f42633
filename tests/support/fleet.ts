import type { Database } from "bun:sqlite";

import { deliverInTurn } from "../../lib/deliver/channels.ts";
import { digestOf } from "../../lib/past/digest.ts";
import { commit } from "../../lib/state/commit.ts";
import { countWaiting, waiting } from "../../lib/state/outbox.ts";
import type { World } from "../../lib/world.ts";
import { type LimitedDiscord, limitedDiscord } from "./limitedDiscord.ts";
import { webhookAt } from "./sending.ts";
import { card, dayMs, inMemory, minuteMs, runAt, start } from "./stateFile.ts";
import { testHost } from "./testHost.ts";
import { testWorld } from "./testWorld.ts";
import { type VirtualTime, virtualTime } from "./virtualTime.ts";

/** A number of machines with one schedule and one webhook. */
export interface FleetPlan {
  readonly machines: number;
  readonly hours: number;
  /** Minutes between cards; null for none. */
  readonly cardMinutes: number | null;
  readonly live?: boolean;
  readonly splaySeconds?: number;
  /** Whether `--only-changes` looks at every machine once a minute besides. */
  readonly minuteLine?: boolean;
  /** The share of the machines that have something to announce in an hour. */
  readonly alertsPerHour?: number;
  /** Minutes after which all machines have the same to announce. */
  readonly stormMinute?: number;
}

/** One machine: what it remembers, and what it had to say. */
interface Machine {
  readonly name: string;
  readonly database: Database;
  readonly world: World;
  /** Another run is at work. */
  busy: boolean;
  /** When each message was committed, by its title; a card that was edited into the next one is left out. */
  readonly committed: Map<string, number>;
  longestRunMs: number;
  longestOutbox: number;
}

/** What became of a fleet. */
export interface FleetStory {
  readonly discord: LimitedDiscord;
  readonly machines: readonly Machine[];
}

/** As in index.ts. */
const deliveryDeadlineMs = 55_000;
/** What a run takes before it has something to send. */
const measuringMs = 600;

const webhook = webhookAt(`https://discord.com/api/webhooks/112233445566778899/${"x".repeat(68)}`);

/** Numbers in [0, 1) that are the same in every simulation (xorshift32). */
function draws(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Lives through the hours of a plan with the program's own outbox and delivery; a second takes no time. */
export async function liveThrough(plan: FleetPlan): Promise<FleetStory> {
  const time = virtualTime(start);
  const discord = limitedDiscord(time.clock);
  const random = draws(20_260_801);
  const machines = Array.from({ length: plan.machines }, (_, number) => createMachine(number, time, discord, random));
  const untilMs = start + plan.hours * 3_600_000;
  for (const machine of machines) schedule(machine, plan, untilMs, time, random);
  await time.pass();
  return { discord, machines };
}

function createMachine(number: number, time: VirtualTime, { fetch }: LimitedDiscord, random: () => number): Machine {
  const name = `m${number}`;
  // An id as systemd makes it, the same in every simulation.
  const id = new Bun.CryptoHasher("md5").update(name).digest("hex");
  const host = testHost({ files: { "/etc/machine-id": id } });
  const world = testWorld({ machine: { host, clock: time.clock }, fetch, random });
  const counts = { busy: false, longestRunMs: 0, longestOutbox: 0 };
  return { name, database: inMemory(), world, committed: new Map(), ...counts };
}

/** Cron starts a run within the second after the minute. */
function schedule(machine: Machine, plan: FleetPlan, untilMs: number, time: VirtualTime, random: () => number): void {
  const { cardMinutes, alertsPerHour = 0, stormMinute, minuteLine = false } = plan;
  const lateMs = random() * 1000;
  const everyMinutes = minuteLine ? 1 : (cardMinutes ?? 1);
  const chance = (alertsPerHour * everyMinutes) / 60;
  for (let minute = 0; start + minute * minuteMs < untilMs; minute += everyMinutes) {
    const hasCard = cardMinutes !== null && minute % cardMinutes === 0;
    const storm = stormMinute !== undefined && minute >= stormMinute && minute < stormMinute + everyMinutes;
    const news = storm || random() < chance ? `${machine.name} alert ${minute}` : null;
    time.at(start + minute * minuteMs + lateMs, () => startRun(machine, plan, hasCard, news, time));
  }
}

/** As `server-metrics` does, with or without `--only-changes`. */
async function startRun(machine: Machine, plan: FleetPlan, hasCard: boolean, news: string | null, time: VirtualTime) {
  const { clock } = time;
  const { database, world } = machine;
  // What nobody would notice is left out, because most of a million runs are like that.
  if (machine.busy || (!hasCard && news === null && countWaiting(database, "all") === 0)) return;
  machine.busy = true;
  const begunMs = clock.now();
  await clock.sleep(measuringMs);
  remember(machine, plan, hasCard, news, clock.now());
  const { signal, allowMs } = deadlineAt(time);
  const state = { database, file: null, ephemeral: null, notes: [], [Symbol.dispose]: () => undefined };
  const splaySeconds = hasCard ? (plan.splaySeconds ?? 0) : 0;
  await deliverInTurn({ ...world, allowMs, signal }, state, { cards: webhook, alerts: webhook }, splaySeconds);
  machine.longestRunMs = Math.max(machine.longestRunMs, clock.now() - begunMs);
  machine.busy = false;
}

/** The end of a run's time as index.ts sets it, and moves it for a wait that was asked for. */
function deadlineAt(time: VirtualTime) {
  const overtime = new AbortController();
  let endMs = 0;
  const allowMs = (ms: number) => {
    const ownMs = time.clock.now() + deliveryDeadlineMs + ms;
    endMs = ownMs;
    time.at(ownMs, () => (endMs === ownMs ? overtime.abort() : undefined));
  };
  allowMs(0);
  return { signal: overtime.signal, allowMs };
}

function remember(machine: Machine, plan: FleetPlan, hasCard: boolean, news: string | null, nowMs: number): void {
  const title = `${machine.name} card ${nowMs}`;
  if (hasCard) machine.committed.set(title, nowMs);
  if (news !== null) machine.committed.set(news, nowMs);
  commit(machine.database, {
    ...runAt(nowMs, title),
    card: hasCard ? card(title) : null,
    alert: news === null ? null : card(news),
    liveDay: plan.live === true ? String(Math.floor(nowMs / dayMs)) : null,
    digest: digestOf(nowMs, []),
    renderDigest: ({ reports }) => card(`${machine.name} digest ${reports}`),
  });
  machine.longestOutbox = Math.max(machine.longestOutbox, waiting(machine.database).length);
}
