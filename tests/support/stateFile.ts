import { Database } from "bun:sqlite";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Observation } from "../../lib/model/observation.ts";
import { digestOf } from "../../lib/past/digest.ts";
import type { DiscordMessage } from "../../lib/render/discord/message.ts";
import { type Run, commit } from "../../lib/state/commit.ts";
import { openDatabase } from "../../lib/state/database.ts";
import { databaseName } from "../../lib/state/directory.ts";
import { type NewMessage, waiting } from "../../lib/state/outbox.ts";
import { migrate } from "../../lib/state/schema.ts";
import { readings } from "./readings.ts";

/** When the tests of the state begin: noon, so that an hour more is the same day. */
export const start = Date.parse("2026-08-01T12:00:00Z");
export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** The state database of a directory; throws when it cannot be had. */
export function openFile(directory: string, nowMs = start): Database {
  const opened = openDatabase(directory, nowMs);
  if (opened.kind !== "open") throw new Error(opened.reason);
  return opened.database;
}

/** A state that is nowhere. */
export function inMemory(): Database {
  const database = new Database(":memory:");
  migrate(database);
  return database;
}

/** A message that Discord takes, with this title. */
export const card = (title: string): DiscordMessage => ({
  embeds: [{ title, fields: [], footer: { text: "server-metrics" } }],
  allowed_mentions: { parse: [] },
});

/** A report that waits, as `enqueue` takes it. */
export const waitingReport = (title: string): NewMessage => ({
  kind: "report",
  body: card(title),
  digest: digestOf(start, []),
});

/** An alert that waits. */
export const waitingAlert = (title: string): NewMessage => ({ kind: "alert", body: card(title), digest: null });

/** What a run at some time leaves behind, with a card of that title. */
export function runAt(atMs: number, title = "card", observations: readonly Observation[] = []): Run {
  return {
    snapshot: { takenAtMs: atMs, readings: readings({}) },
    observations,
    alertStates: {},
    eventSeries: {},
    incidents: [],
    changes: [],
    endedMutes: [],
    held: [],
    alert: null,
    card: card(title),
    chart: null,
    livePicture: null,
    daily: null,
    digestDays: null,
    liveDay: null,
    toldDeadLetter: null,
    routedAlerts: [],
    routes: [],
    digest: digestOf(atMs, observations),
    renderDigest: (digest, dropped) => card(`${digest.reports} reports, ${dropped} dropped`),
  };
}

/** One number under a name. */
export const number = (name: string, value: number, labels: Observation["labels"] = {}): Observation => ({
  name,
  value,
  labels,
});

/** Leaves a state with some reports in its outbox; returns the path of the file. */
export function stateWith(directory: string, titles: readonly string[], nowMs = start): string {
  const database = openFile(directory, nowMs);
  for (const title of titles) commit(database, runAt(nowMs, title, [number("memory_used_percent", 40)]));
  database.close();
  return join(directory, databaseName);
}

/** The page of a table's root, from 0, and the size of a page. */
export function rootPage(file: string, table: string): { readonly page: number; readonly size: number } {
  using database = new Database(file, { readonly: true });
  const row = database
    .query<{ rootpage: number }, [string]>("SELECT rootpage FROM sqlite_schema WHERE name = ?")
    .get(table);
  const size = database.query<{ page_size: number }, []>("PRAGMA page_size").get();
  if (row === null || size === null) throw new Error(`no table ${table}`);
  return { page: row.rootpage - 1, size: size.page_size };
}

/** Writes over a part of a file. */
export function overwrite(file: string, offset: number, bytes: Uint8Array): void {
  const whole = readFileSync(file);
  whole.set(bytes, offset);
  writeFileSync(file, whole);
}

/** Writes garbage over the first page of a table. */
export function damage(file: string, table: string): void {
  const { page, size } = rootPage(file, table);
  overwrite(file, page * size, new Uint8Array(size).fill(0xa5));
}

/** The titles of what waits, in its order. */
export const titles = (database: Database): readonly string[] =>
  waiting(database).map(({ body }) => /"title":"([^"]*)"/.exec(body)?.[1] ?? "");
