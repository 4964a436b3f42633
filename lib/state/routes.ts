import type { Database } from "bun:sqlite";

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

/** Takes out what waits for routes that are set no more, and what is too much. Call it inside the transaction of the run. */
export function trimRoutes(database: Database, routes: readonly string[]): void {
  // Only alerts have other routes: a report that names one was damaged.
  database.run("UPDATE outbox SET route = 'discord' WHERE kind <> 'alert' AND route <> 'discord'");
  const known = "('discord') OR route IN (SELECT value FROM json_each(?))";
  database.run(`DELETE FROM outbox WHERE NOT (route IN ${known})`, [JSON.stringify(routes)]);
  for (const route of routes) {
    const newest = "SELECT id FROM outbox WHERE route = ?1 ORDER BY id DESC LIMIT ?2";
    database.run(`DELETE FROM outbox WHERE route = ?1 AND id NOT IN (${newest})`, [route, routedKept]);
  }
}
