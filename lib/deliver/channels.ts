import type { Database } from "bun:sqlite";

import { asEdit, keptPicture, lesserForm, markAsRepeat, withoutKeptPicture } from "../render/discord/amend.ts";
import type { Channels, Webhook } from "../settings/webhook.ts";
import { attempt } from "../state/fault.ts";
import { liveCard, setAlertMessage, setLiveCard, setValue } from "../state/keyValue.ts";
import { notePicture } from "../state/livePicture.ts";
import { deliveryId, type OutboxRow, type Queue } from "../state/outbox.ts";
import type { State } from "../state/state.ts";
import type { World } from "../world.ts";
import { afterwards, both, type FlushResult } from "./flushed.ts";
import { begin, type Begun, flush, type Route } from "./outbox.ts";
import { type DeliveryWorld, send, type SendDeps, type WebhookRequest } from "./request.ts";
import { deliver, type DeliverDeps, type Message } from "./retry.ts";
import type { Routes } from "./routes.ts";

/** Delivers what waits, on all routes at once: an outage of Discord's does not silence the others. */
export async function deliverAll(
  world: DeliveryWorld,
  state: State,
  channels: Channels,
  splaySeconds: number,
  routes: Routes,
  begun: Begun | null = null,
): Promise<FlushResult> {
  const [ofDiscord, ofRoutes] = await Promise.all([
    deliverInTurn(world, state, channels, splaySeconds, begun),
    routes.flush(world, state),
  ]);
  return ofRoutes === null ? ofDiscord : both(ofDiscord, ofRoutes);
}

/** Begins with the next message in the transaction of the run; null where it has to wait, or where there are two channels. */
export function beginDelivery(
  { database }: State,
  { cards, alerts }: Channels,
  splaySeconds: number,
  nowMs: number,
): Begun | null {
  if (splaySeconds > 0 || alerts.url !== cards.url) return null;
  return begin(database, { queue: "all", address: cards.url }, nowMs);
}

/**
 * Delivers what waits when it is this machine's turn. An alert does not wait for that, unless Discord has too much to do;
 * then it is tried again with the rest.
 */
export async function deliverInTurn(
  world: DeliveryWorld,
  state: State,
  channels: Channels,
  splaySeconds: number,
  begun: Begun | null = null,
): Promise<FlushResult> {
  if (splaySeconds === 0) return flushChannels(world, state, channels, "all", begun);
  const soon = await flushChannels(world, state, channels, "alerts");
  // What could not be crossed out would be sent a second time.
  if (soon.fault !== null) return { ...soon, kept: soon.kept + 1 };
  await waitForTurn(world, splaySeconds);
  return afterwards(soon, await flushChannels(world, state, channels));
}

/**
 * Delivers what waits: alerts first where they have a channel of their own, because a channel that is out of order must
 * not hold up the other. How far the clock is off by Discord's is remembered for the next run to judge.
 */
async function flushChannels(
  world: DeliveryWorld,
  { database }: State,
  channels: Channels,
  which: "all" | "alerts" = "all",
  begun: Begun | null = null,
): Promise<FlushResult> {
  world.output.doing("sending to Discord");
  const { clock } = world.machine;
  const heard: { offSeconds?: number } = {};
  const hearDate = (dateMs: number) => void (heard.offSeconds = Math.round((clock.now() - dateMs) / 1000));
  const noteDate = () => {
    if (heard.offSeconds !== undefined) setValue(database, "clock_off_seconds", String(heard.offSeconds));
    delete heard.offSeconds;
  };
  const flushed = await flushQueues(database, { ...world, clock, hearDate, noteDate }, channels, which, begun);
  // Where nothing was delivered.
  attempt(noteDate);
  return flushed;
}

async function flushQueues(
  database: Database,
  deps: Omit<SendDeps, "webhook"> & DeliverDeps,
  { cards, alerts }: Channels,
  which: "all" | "alerts",
  begun: Begun | null,
): Promise<FlushResult> {
  const flushTo = (webhook: Webhook, queue: Queue) =>
    flush(database, discordRoute(database, { ...deps, webhook }, queue), deps, begun);
  if (which === "all" && alerts.url === cards.url) return flushTo(cards, "all");
  const ofAlerts = await flushTo(alerts, "alerts");
  return which === "alerts" ? ofAlerts : both(ofAlerts, await flushTo(cards, "cards"));
}

/**
 * How long this machine waits before it posts, in milliseconds: always the same part of `splaySeconds`, drawn from an id
 * that only this machine has, so that a thousand machines with one schedule do not post in the same second.
 */
export function splayMs(machineId: string, splaySeconds: number): number {
  // A good hash, so that web-1 and web-2 are not neighbours; the same in every version.
  const hash = new Bun.CryptoHasher("sha256").update(machineId).digest();
  return Math.floor((hash.readUInt32BE() / 2 ** 32) * splaySeconds * 1000);
}

/** Machines of one schedule post one after the other. What waits here is committed already. */
export async function waitForTurn(
  { machine, allowMs, output }: Pick<World, "allowMs" | "machine" | "output">,
  splaySeconds: number,
): Promise<void> {
  if (splaySeconds === 0) return;
  const { host, clock } = machine;
  const machineId = await host
    .readFile("/etc/machine-id")
    .catch(() => host.readProc("sys/kernel/hostname"))
    .catch(() => "");
  const ms = splayMs(machineId.trim(), splaySeconds);
  allowMs(ms);
  output.doing("waiting for this machine's turn");
  await clock.sleep(ms);
}

/** The way of messages to a channel of Discord. */
export function discordRoute(database: Database, deps: SendDeps, queue: Queue): Route {
  const { webhook, words } = deps;
  return {
    queue,
    address: webhook.url,
    deliver: (row, more) => deliver(messageOf(row, database, deps), (request) => send(request, deps), more),
    lesserForm: (row, { reason, part }) => {
      const body: unknown = JSON.parse(row.body);
      const has = { picture: row.picture !== null || keptPicture(body) !== null, isPlain: row.reduced === 1 };
      const lesser = lesserForm(body, has, part, reason, words);
      // A card that is edited in place has old numbers at worst; a plain text in its place would have none.
      return lesser?.isPlain === true && row.kind === "live" ? null : lesser;
    },
    onDelivered: (row, { messageId, pictureId = null }) => {
      deps.noteDate?.();
      // An edit whose answer could not be read is still an edit of the same message.
      if (row.kind === "live" && messageId !== "") {
        const isEdit = liveCard(database, webhook.url) === messageId;
        const sent = { isNew: row.picture !== null, kept: isEdit ? keptPicture(JSON.parse(row.body)) : null };
        notePicture(database, messageId, pictureId, sent);
        setLiveCard(database, webhook.url, messageId);
      }
      if (row.kind === "alert" && messageId !== "") setAlertMessage(database, webhook.url, messageId, row.created_at);
      // It said how many reports could not be kept.
      if (row.kind === "digest" && row.reduced === 0) setValue(database, "dropped_reports", null);
    },
    // Deleted, or edited too often: post the card again.
    onUneditable: () => setLiveCard(database, webhook.url, ""),
  };
}

function messageOf(row: OutboxRow, database: Database, { webhook: { url }, words }: SendDeps): Message<WebhookRequest> {
  const body: unknown = JSON.parse(row.body);
  const { picture } = row;
  const messageId = row.kind === "live" ? liveCard(database, url) : null;
  // An edit that arrives twice is the same as once.
  if (messageId !== null) return { request: { method: "PATCH", messageId, body: asEdit(body), picture } };
  const whole = withoutKeptPicture(body);
  const repeat = { method: "POST", body: markAsRepeat(whole, deliveryId(row), words), picture } as const;
  return { request: { method: "POST", body: whole, picture }, repeat, perhapsDelivered: row.ambiguous === 1 };
}
