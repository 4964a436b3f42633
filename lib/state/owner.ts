import type { Database } from "bun:sqlite";
import { join } from "node:path";

import type { Host } from "../model/host.ts";
import { databaseName } from "./directory.ts";
import { attempt } from "./fault.ts";
import { getValue, setValue } from "./keyValue.ts";

/**
 * Whose state it is: a hash of the machine's id, which is not to be shown to others (machine-id(5)). Null for a machine
 * without one, such as many containers. A home on a file server is that of many machines, and a disk can be cloned.
 */
export async function readOwner(host: Pick<Host, "readFile">): Promise<string | null> {
  const id = (await host.readFile("/etc/machine-id").catch(() => "")).trim();
  if (!/^[0-9a-f]{32}$/i.test(id) || /^0+$/.test(id)) return null;
  return new Bun.CryptoHasher("sha256").update(`server-metrics ${id}`).digest("hex").slice(0, 16);
}

/** Whether a state belongs to another machine. */
export function isForeign(database: Database, owner: string | null): boolean {
  return isOther(getValue(database, "owner"), owner);
}

/** The same of an owner that was read. */
export const isOther = (known: string | null, owner: string | null): boolean =>
  owner !== null && known !== null && known !== owner;

/** A machine that finds another one's state keeps its own beside it. */
export const ownName = (owner: string): string => `state-${owner}.db`;

/** Says whose a new state is. A disk that refuses is found when the run is written. */
export function claim(database: Database, known: string | null, owner: string | null): void {
  if (owner !== null && known === null) attempt(() => setValue(database, "owner", owner));
}

const columns = "created_at, body, picture, attempts, ambiguous, reduced, not_before, reason, route";

/**
 * Takes over what waits in another machine's state: it may never run again. The messages keep the name that they were
 * written under, so no digest may fold them, and a card that was edited in place is posted.
 */
export function takeOver(database: Database, directory: string): void {
  database.run("ATTACH ? AS other", [join(directory, databaseName)]);
  attempt(() => {
    database.run("PRAGMA other.synchronous = EXTRA");
    database
      .transaction(() => {
        database.run(
          `INSERT INTO outbox (kind, ${columns})
            SELECT CASE kind WHEN 'live' THEN 'report' ELSE kind END, ${columns} FROM other.outbox ORDER BY id`,
        );
        database.run("DELETE FROM other.outbox");
      })
      .immediate();
  });
  database.run("DETACH other");
}
