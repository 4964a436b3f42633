/**
 * Many machines with one webhook, one channel and one address, against Discord's limits, in simulated time; ends with a
 * table. `npx bun tests/bench/fleet.ts [MACHINES,…]`
 */
import { type FleetPlan, liveThrough } from "../support/fleet.ts";
import { closeBooks, type FleetBooks } from "../support/fleetBooks.ts";

const halfHourly = { hours: 12, cardMinutes: 30, alertsPerHour: 0.01 };
const everyMinute = { hours: 12, cardMinutes: null, minuteLine: true };

/** 20 in a minute, of the 30 that a channel takes; 1500 is the most that the setting takes. */
const splayFor = (machines: number) => Math.min(1500, 3 * machines);

const modes: Readonly<Record<string, (machines: number) => FleetPlan>> = {
  "cards, no splay": (machines) => ({ ...halfHourly, machines }),
  "cards, splay": (machines) => ({ ...halfHourly, machines, splaySeconds: splayFor(machines) }),
  "cards, a look every minute": (machines) => ({ ...halfHourly, machines, splaySeconds: 50, minuteLine: true }),
  "live cards, splay": (machines) => ({ ...halfHourly, machines, live: true, splaySeconds: splayFor(machines) }),
  "only changes": (machines) => ({ ...everyMinute, machines, alertsPerHour: 0.01 }),
  "only changes, all at once": (machines) => ({ ...everyMinute, machines, stormMinute: 60 }),
};

const sizes = (process.argv[2] ?? "10,25,50,100,300,500,1000").split(",").map(Number);

console.log(
  "| mode | machines | cards | in digests | waiting | slowest | alerts | slowest | LOST | a minute | invalid | banned |",
);
console.log("| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --- |");
for (const [mode, planFor] of Object.entries(modes)) {
  for (const machines of sizes) {
    const plan = planFor(machines);
    const books = closeBooks(await liveThrough(plan), plan.live);
    console.log(`| ${[mode, machines, ...cellsOf(books)].join(" | ")} |`);
  }
}

function cellsOf(books: FleetBooks): readonly (string | number)[] {
  const { cards, cardsInDigests, cardsWaiting, cardsOvertaken, alerts, alertsWaiting, lost, twice } = books;
  const all = cards + cardsInDigests + cardsWaiting + cardsOvertaken;
  const share = (count: number) => (all === 0 ? "" : `${Math.round((100 * count) / all)} %`);
  return [
    share(cards),
    share(cardsInDigests),
    share(cardsWaiting),
    timeOf(books.slowestCard),
    `${alerts} of ${alerts + alertsWaiting}`,
    timeOf(books.slowestAlert),
    lost + twice,
    books.mostMessagesInMinute,
    books.mostInvalidInTenMinutes,
    books.banned > 0 ? "yes" : "no",
  ];
}

function timeOf(seconds: number | null): string {
  if (seconds === null) return "";
  return seconds < 100 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
}

// Deadlines of requests that were answered long ago are no reason to stay.
process.exit();
