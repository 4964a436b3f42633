import type { Database } from "bun:sqlite";

import { asEdit, lesserForm, markAsRepeat } from "../render/discord/amend.ts";
import { liveCard, setLiveCard, setValue } from "../state/keyValue.ts";
import type { OutboxRow, Queue } from "../state/outbox.ts";
import { deliver, type Message } from "./deliver.ts";
import type { Route } from "./outbox.ts";
import { send, type SendDeps, type WebhookRequest } from "./request.ts";

/** The way of messages to a channel of Discord. */
export function discordRoute(database: Database, deps: SendDeps, queue: Queue): Route {
  const { webhook, words } = deps;
  return {
    queue,
    address: webhook.url,
    deliver: (row, more) => deliver(messageOf(row, database, deps), (request) => send(request, deps), more),
    lesserForm: (row, { reason, part }) => {
      const has = { picture: row.picture !== null, isPlain: row.reduced === 1 };
      const lesser = lesserForm(JSON.parse(row.body), has, part, reason, words);
      // A card that is edited in place has old numbers at worst; a plain text in its place would have none.
      return lesser?.isPlain === true && row.kind === "live" ? null : lesser;
    },
    onDelivered: (row, messageId) => {
      // An edit whose answer could not be read is still an edit of the same message.
      if (row.kind === "live" && messageId !== "") setLiveCard(database, webhook.url, messageId);
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
  const repeat = { method: "POST", body: markAsRepeat(body, deliveryId(row), words), picture } as const;
  return { request: { method: "POST", body, picture }, repeat, perhapsDelivered: row.ambiguous === 1 };
}

/** Short, and the same for every attempt of a message. */
export function deliveryId({ id, created_at }: OutboxRow): string {
  return `#${(created_at + id).toString(36).slice(-5)}`;
}
