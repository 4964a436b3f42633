import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";

import * as v from "valibot";

import type { FakeDiscord } from "../support/fakeDiscord.ts";

const row = v.object({ kind: v.string(), body: v.string() });
const timestamp = /"timestamp":"([^"]+)"/;

/** The reports that were committed and wait, by the moment they were measured at; throws when the state is damaged. */
export function waitingIn(stateDirectory: string): readonly string[] {
  const file = join(stateDirectory, "state.db");
  if (!existsSync(file)) return [];
  // Not read-only: a journal that a kill has left is rolled back, as the next run would do.
  using database = new Database(file, { readwrite: true, create: false });
  const sound = database.query<{ quick_check: string }, []>("PRAGMA quick_check").get()?.quick_check;
  if (sound !== "ok") throw new Error(`the state is damaged: ${sound}`);
  const tables = database.query("SELECT 1 FROM sqlite_master WHERE name = 'outbox'").all();
  const rows = tables.length === 0 ? [] : database.query("SELECT kind, body FROM outbox ORDER BY id").all();
  return v
    .parse(v.array(row), rows)
    .flatMap(({ kind, body }) => (kind === "report" ? (timestamp.exec(body)?.[1] ?? []) : []));
}

/** Whether nothing waits, reports, digests and alerts alike. */
export function isEmpty(stateDirectory: string): boolean {
  using database = new Database(join(stateDirectory, "state.db"), { readonly: true });
  return database.query("SELECT 1 FROM outbox").get() === null;
}

/** What stands in a channel. */
export interface Channel {
  readonly times: ReadonlyMap<string, number>;
  readonly spans: readonly (readonly [fromSeconds: number, toSeconds: number])[];
}

/** How a campaign's committed reports ended. */
export interface Settlement {
  readonly delivered: number;
  readonly digests: number;
  readonly lost: number;
  readonly duplicates: number;
}

/** What stands in the channel: how often each report does, and the spans of time that digests stand for. */
export function accepted({ messages }: FakeDiscord): Channel {
  const times = new Map<string, number>();
  const spans: (readonly [number, number])[] = [];
  for (const message of messages) {
    const text = JSON.stringify(message);
    const [, from, to] = /Measured from <t:(\d+):f> to <t:(\d+):f>/.exec(text) ?? [];
    const time = timestamp.exec(text)?.[1];
    if (from !== undefined && to !== undefined) spans.push([Number(from), Number(to)]);
    else if (time !== undefined) times.set(time, (times.get(time) ?? 0) + 1);
  }
  return { times, spans };
}

/** Which committed reports neither arrived nor are told of in a digest, and how many arrived more than once. */
export function settle(committed: ReadonlySet<string>, discord: FakeDiscord): Settlement {
  const { times, spans } = accepted(discord);
  const isTold = (time: string) => {
    const second = Math.floor(Date.parse(time) / 1000);
    return times.has(time) || spans.some(([from, to]) => second >= from && second <= to);
  };
  const lost = [...committed].filter((time) => !isTold(time));
  const duplicates = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
  return { delivered: times.size, digests: spans.length, lost: lost.length, duplicates };
}
