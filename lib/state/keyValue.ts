import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { dayMs, timeMs } from "../clock.ts";
import { attempt } from "./fault.ts";

/** The keys of the key-value store. They are part of the state format, and never change. */
export type Key =
  | "alert_message"
  | "baseline"
  | "begun_afresh"
  | "card_snapshot"
  | "card_times"
  | "chart_until"
  | "clock_off_seconds"
  | "complained_at"
  | "digest_days"
  | "dropped_reports"
  | "event_series"
  | "exports"
  | "held"
  | "heartbeat"
  | "holds"
  | "installations"
  | "last_failure"
  | "live_card"
  | "live_day"
  | "live_picture"
  | "maintained_on"
  | "owner"
  | "rules"
  | "run_times"
  | "snapshot"
  | "troubles";

/** Of databases in a transaction of `factsAtOnce`: what they will have. */
const pending = new WeakMap<Database, Map<string, string | null>>();

/**
 * Reads all values once, and writes what `work` has set at its end: a run sets a dozen. Call it inside a transaction, and
 * await nothing: meanwhile nobody else can write.
 */
export function factsAtOnce<T>(database: Database, work: () => T): T {
  const before = allValues(database);
  const facts = new Map<string, string | null>(before);
  pending.set(database, facts);
  try {
    const result = work();
    const changed = [...facts].filter(([name, value]) => value !== (before.get(name) ?? null));
    const set = changed.filter((fact): fact is [string, string] => fact[1] !== null);
    const gone = changed.flatMap(([name, value]) => (value === null ? [name] : []));
    const rows = set.map(() => "(?, ?)").join(", ");
    if (set.length > 0) database.run(`INSERT OR REPLACE INTO fact VALUES ${rows}`, set.flat());
    if (gone.length > 0) database.run(`DELETE FROM fact WHERE name IN (${gone.map(() => "?").join(", ")})`, gone);
    return result;
  } finally {
    pending.delete(database);
  }
}

/** The value of a key; null when there is none. */
export function getValue(database: Database, key: Key): string | null {
  const facts = pending.get(database);
  if (facts !== undefined) return facts.get(key) ?? null;
  return database.query<{ value: string }, [string]>("SELECT value FROM fact WHERE name = ?").get(key)?.value ?? null;
}

/** All values by their keys: one look in place of a dozen. */
export function allValues(database: Database): ReadonlyMap<string, string> {
  const rows = database.query<{ name: string; value: string }, []>("SELECT name, value FROM fact").all();
  return new Map(rows.map(({ name, value }) => [name, value]));
}

/** Sets the value of a key; null deletes it. */
export function setValue(database: Database, key: Key, value: string | null): void {
  const facts = pending.get(database);
  if (facts !== undefined) facts.set(key, value);
  else if (value === null) database.run("DELETE FROM fact WHERE name = ?", [key]);
  else database.run(upsert, [key, value]);
}

/** Skips an unchanged value: a transaction waits for the disk four times. */
const upsert = `
  INSERT INTO fact VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value`;

/** A webhook's address as it is remembered: only good for telling whether it is the same. */
export function hashOf(url: string): string {
  return new Bun.CryptoHasher("sha256").update(url).digest("hex");
}

/** Since when, in milliseconds since the epoch, a webhook has been gone; null when it is not known to be. */
export function goneSince(database: Database, webhook: string | { readonly hash: string }): number | null {
  const hash = typeof webhook === "string" ? hashOf(webhook) : webhook.hash;
  const row = database.query<{ since: number }, [string]>("SELECT since FROM gone_webhook WHERE hash = ?").get(hash);
  return row?.since ?? null;
}

/** Remembers that Discord said a webhook does not exist. */
export function markGone(database: Database, url: string, nowMs: number): void {
  database.run("INSERT OR IGNORE INTO gone_webhook VALUES (?, ?)", [hashOf(url), nowMs]);
}

/** The message that is edited in place, if it was posted to this very webhook and thread; null when there is none. */
export function liveCard(database: Database, url: string): string | null {
  const [hash, messageId] = getValue(database, "live_card")?.split(" ", 2) ?? [];
  return hash === hashOf(url) && messageId ? messageId : null;
}

/** Remembers the message that is edited in place from now on; an empty id forgets it. */
export function setLiveCard(database: Database, url: string, messageId: string): void {
  setValue(database, "live_card", messageId === "" ? null : `${hashOf(url)} ${messageId}`);
}

/** Remembers the message of the last alert, by the time of its run, so that it can be completed. */
export function setAlertMessage(database: Database, url: string, messageId: string, atMs: number): void {
  setValue(database, "alert_message", `${hashOf(url)} ${messageId} ${atMs}`);
}

/** The message of the alert of a run; null when it was not delivered, or to another webhook. */
export function alertMessage(database: Database, url: string, atMs: number): string | null {
  const [hash, messageId, ofMs] = getValue(database, "alert_message")?.split(" ", 3) ?? [];
  return hash === hashOf(url) && ofMs === String(atMs) && messageId ? messageId : null;
}

/** Gives every webhook another chance. */
export function forgetGone(database: Database): void {
  database.run("DELETE FROM gone_webhook");
  setValue(database, "holds", null);
}

const Hold = v.object({ untilMs: timeMs, reason: v.string() });
/** Until when an address is not to be asked for anything, and why. */
export type Hold = v.InferOutput<typeof Hold>;

const holds = v.fallback(v.pipe(v.string(), v.parseJson(), v.record(v.string(), Hold)), {});
/** Those of earlier settings among them. */
const holdsKept = 10;

/** The last hold of an address, which may be over; null for none. */
export function holdOf(database: Database, url: string): Hold | null {
  return v.parse(holds, getValue(database, "holds") ?? "{}")[hashOf(url)] ?? null;
}

/** Remembers that an address is not to be asked for a while. */
export function setHold(database: Database, url: string, hold: Hold): void {
  const { [hashOf(url)]: _, ...others } = v.parse(holds, getValue(database, "holds") ?? "{}");
  const kept = [...Object.entries(others), [hashOf(url), hold] as const].slice(-holdsKept);
  setValue(database, "holds", JSON.stringify(Object.fromEntries(kept)));
}

/**
 * Whether a failure is to be said now: when it begins, and once a day while it lasts, because cron mails every line. A
 * clock that was set back counts as a new day, and so does a disk that refuses.
 */
export function mayComplain(database: Database, nowMs: number): boolean {
  const saidToday = attempt(() => {
    const last = Number(getValue(database, "complained_at") ?? Number.NaN);
    if (nowMs >= last && nowMs - last < dayMs) return true;
    setValue(database, "complained_at", String(nowMs));
    return false;
  });
  return !(saidToday.ok && saidToday.value);
}

/** The failure is over; the next one is news again. */
export function endComplaint(database: Database): void {
  attempt(() => {
    if (getValue(database, "complained_at") !== null) setValue(database, "complained_at", null);
  });
}
