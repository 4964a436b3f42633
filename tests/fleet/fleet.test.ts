import { describe, expect, test } from "bun:test";

import { deliverInTurn } from "../../lib/deliver/channels.ts";
import { setHold } from "../../lib/state/keyValue.ts";
import { enqueue, postpone } from "../../lib/state/outbox.ts";
import { fakeDiscord } from "../support/fakeDiscord.ts";
import { type FleetPlan, liveThrough } from "../support/fleet.ts";
import { closeBooks } from "../support/fleetBooks.ts";
import { limits } from "../support/limitedDiscord.ts";
import { webhookAt } from "../support/sending.ts";
import { inMemory, start, waitingAlert, waitingReport } from "../support/stateFile.ts";
import { testWorld } from "../support/testWorld.ts";
import { virtualClock } from "../support/virtualClock.ts";

const cards = { hours: 4, cardMinutes: 30, alertsPerHour: 0.05 };
const minuteLine = { hours: 3, cardMinutes: null, minuteLine: true };

async function booksOf(plan: FleetPlan) {
  const books = closeBooks(await liveThrough(plan), plan.live);
  expect([books.lost, books.twice, books.banned]).toEqual([0, 0, 0]);
  return books;
}

describe("many machines with one webhook", () => {
  test.each<[string, FleetPlan]>([
    ["15 that all post in one second", { ...cards, machines: 15 }],
    ["25 that post within 20 seconds", { ...cards, machines: 25, splaySeconds: 20 }],
    ["100 that post within 5 minutes", { ...cards, machines: 100, splaySeconds: 300 }],
    ["100 with live cards", { ...cards, machines: 100, splaySeconds: 300, live: true }],
  ])("are heard, each card and each alert: %s", async (_, plan) => {
    const books = await booksOf(plan);
    expect(books).toMatchObject({ cards: plan.machines * 8, cardsInDigests: 0, cardsWaiting: 0, alertsWaiting: 0 });
    expect(books.slowestCard).toBeLessThan((plan.splaySeconds ?? 0) + 60);
  });

  test("far too many lose nothing either: their cards become digests, and no outbox grows", async () => {
    const books = await booksOf({ ...cards, hours: 12, machines: 100 });
    expect(books.cards + books.cardsInDigests + books.cardsWaiting).toBe(2400);
    expect(books.longestOutbox).toBeLessThan(6);
    expect(books.longestRun).toBeLessThan(60);
  });

  test("that have news all at once are heard as fast as a channel takes it, and nobody is banned", async () => {
    const books = await booksOf({ ...minuteLine, machines: 300, stormMinute: 10 });
    expect(books).toMatchObject({ alerts: 300, alertsWaiting: 0 });
    expect(books.slowestAlert).toBeLessThan(20 * 60);
    expect(books.mostInvalidInTenMinutes).toBeLessThan(limits.invalid.count / 4);
  });
});

/** A card and an alert that wait, and a delivery with a splay of 20 s; what was heard when its turn came. */
async function inTurn(cardNotBeforeMs: number) {
  await using discord = await fakeDiscord();
  using database = inMemory();
  const report = enqueue(database, waitingReport("card"), start);
  postpone(database, report, { reason: "429", notBeforeMs: cardNotBeforeMs, ambiguous: false });
  setHold(database, webhookAt(discord.webhookUrl).url, { untilMs: cardNotBeforeMs, reason: "429" });
  enqueue(database, waitingAlert("alert"), start);
  const heardBefore: number[] = [];
  const world = testWorld({ allowMs: () => void heardBefore.push(discord.messages.length) });
  const webhook = webhookAt(discord.webhookUrl);
  const state = { database, file: null, ephemeral: null, notes: [], [Symbol.dispose]: () => undefined };
  const { host } = world.machine;
  const clock = virtualClock(start);
  const named = { ...world, machine: { clock, host: { ...host, readFile: async () => "an id" } } };
  const { delivered } = await deliverInTurn(named, state, { cards: webhook, alerts: webhook }, 20);
  return { heardBefore, delivered };
}

test("an alert does not wait for the machine's turn, a card does", async () => {
  expect(await inTurn(0)).toEqual({ heardBefore: [1], delivered: 2 });
});

test("what Discord asked of a card is meant for an alert, too", async () => {
  expect(await inTurn(start + 1000)).toEqual({ heardBefore: [0], delivered: 2 });
});
