import type { Database } from "bun:sqlite";

import * as v from "valibot";

import { dayMs, timeMs } from "../clock.ts";
import { getValue, goneSince, hashOf, setValue } from "./keyValue.ts";

/** Who posts by means of a state: one settings file, with one webhook at a time. */
export interface Installation {
  /** As it was named; empty for none. */
  readonly settingsFile: string;
  readonly webhookUrl: string;
}

const Known = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ webhook: v.string(), settingsFile: v.string(), firstMs: timeMs, lastMs: timeMs })),
);

/** Webhooks that are remembered, the latest ones. */
const kept = 8;

function known(database: Database): v.InferOutput<typeof Known> {
  const parsed = v.safeParse(Known, getValue(database, "installations"));
  return parsed.success ? parsed.output : [];
}

/** Notes who posted. Call it inside the transaction of the run. */
export function noteInstallation(database: Database, { settingsFile, webhookUrl }: Installation, nowMs: number): void {
  const webhook = hashOf(webhookUrl);
  const all = known(database);
  const firstMs = all.find((one) => one.webhook === webhook)?.firstMs ?? nowMs;
  const others = all.filter((one) => one.webhook !== webhook);
  const now = [...others, { webhook, settingsFile, firstMs, lastMs: nowMs }].slice(-kept);
  setValue(database, "installations", JSON.stringify(now));
}

/** Whether the last card of a state was posted by this installation. */
export function isLastPoster(database: Database, { webhookUrl }: Installation): boolean {
  return known(database).at(-1)?.webhook === hashOf(webhookUrl);
}

/** A webhook unused for this long no longer counts. */
const liveMs = 2 * dayMs;

/**
 * The settings file of another installation that posts with another webhook by means of this state: half of what each has to
 * say would go to the other. A webhook that was replaced is no such one, because it was not used after the new one.
 */
export function rivalOf(database: Database, own: Installation, nowMs: number): string | null {
  const webhook = hashOf(own.webhookUrl);
  const all = known(database);
  const ours = all.find((one) => one.webhook === webhook);
  const rival = all.find((one) => {
    if (one.webhook === webhook || nowMs - one.lastMs > liveMs || isGone(database, one.webhook)) return false;
    return ours === undefined ? one.settingsFile !== own.settingsFile : one.lastMs > ours.firstMs;
  });
  return rival?.settingsFile ?? null;
}

const isGone = (database: Database, webhook: string) => goneSince(database, { hash: webhook }) !== null;
