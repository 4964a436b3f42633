import type { Database } from "bun:sqlite";

import * as v from "valibot";

import type { Mute } from "../alerts/alert.ts";
import { type DeadLetter, deadLetters } from "./deadLetters.ts";
import { type Failure, lastFailure } from "./failure.ts";
import { getValue, goneSince } from "./keyValue.ts";
import { type MissedHeartbeat, missedHeartbeat } from "./heartbeat.ts";
import { readMutes } from "./mutes.ts";
import { type OutboxRow, waiting } from "./outbox.ts";
import { timeList } from "./past.ts";

/** A message that waits or was refused. */
export interface Message {
  /** A card is a `report`, or `live`. */
  readonly kind: string;
  readonly atMs: number;
  readonly reason: string | null;
}

/** The state that earlier runs left behind. */
export interface LeftBehind {
  /** Of the last runs, oldest first; milliseconds since the epoch. */
  readonly lookTimes: readonly number[];
  readonly cardTimes: readonly number[];
  readonly failure: Failure | null;
  readonly waiting: readonly Message[];
  readonly refused: readonly Message[];
  readonly muted: readonly Mute[];
  /** Null when the last heartbeat was taken. */
  readonly missedHeartbeat: MissedHeartbeat | null;
  readonly clockOffSeconds: number;
  /** Since when the webhook has been gone; null when it is not known to be. */
  readonly goneMs: number | null;
}

const times = v.fallback(v.pipe(v.string(), v.parseJson(), timeList), []);

type Row = Pick<OutboxRow | DeadLetter, "kind" | "created_at" | "reason">;
const messageOf = ({ kind, created_at: atMs, reason }: Row): Message => ({ kind, atMs, reason });

/** For those who ask whether it runs. */
export function readLeftBehind(database: Database, urls: readonly string[]): LeftBehind {
  const gone = urls.flatMap((url) => goneSince(database, url) ?? []);
  return {
    lookTimes: v.parse(times, getValue(database, "run_times") ?? "[]"),
    cardTimes: v.parse(times, getValue(database, "card_times") ?? "[]"),
    failure: lastFailure(database),
    waiting: waiting(database).map(messageOf),
    refused: deadLetters(database).map(messageOf),
    muted: readMutes(database),
    missedHeartbeat: missedHeartbeat(database),
    clockOffSeconds: Number(getValue(database, "clock_off_seconds")) || 0,
    goneMs: gone.length === 0 ? null : Math.min(...gone),
  };
}
