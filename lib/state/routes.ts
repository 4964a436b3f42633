import type { Database } from "bun:sqlite";

import { buryWhere } from "./deadLetters.ts";

/** An alert for another route than Discord. */
export interface RoutedAlert {
  readonly route: string;
  readonly body: unknown;
}

/** Appends an alert for another route. */
export function enqueueRouted(database: Database, { route, body }: RoutedAlert, nowMs: number): number {
  const insert = "INSERT INTO outbox (kind, created_at, body, route) VALUES ('alert', ?, ?, ?)";
  return Number(database.run(insert, [nowMs, JSON.stringify(body), route]).lastInsertRowid);
}

/** Messages that may wait for one other route; the newest are kept. */
const routedKept = 100;

/**
 * What waits for routes that are set no more, and what is too much, becomes dead letters, which the next card tells. Call it
 * inside the transaction of the run.
 */
export function trimRoutes(database: Database, routes: readonly string[]): void {
  // Only alerts have other routes: a report that names one was damaged.
  database.run("UPDATE outbox SET route = 'discord' WHERE kind <> 'alert' AND route <> 'discord'");
  const unknown = "route <> 'discord' AND route NOT IN (SELECT value FROM json_each(?))";
  buryWhere(database, unknown, [JSON.stringify(routes)], "its route is no longer in the settings");
  for (const route of routes) {
    const older = "route = ? AND id NOT IN (SELECT id FROM outbox WHERE route = ? ORDER BY id DESC LIMIT ?)";
    buryWhere(database, older, [route, route, routedKept], `${routedKept} newer ones wait for ${route}`);
  }
}
