import { send } from "../../deliver/request.ts";
import { asEdit } from "../../render/discord/amend.ts";
import { renderAlert } from "../../render/discord/alert.ts";
import type { Announcement } from "../../report/explain.ts";
import { type MentionSettings, mentionsOf } from "../../settings/announcements.ts";
import type { Channels } from "../../settings/webhook.ts";
import { alertMessage } from "../../state/keyValue.ts";
import type { State } from "../../state/state.ts";
import type { World } from "../../world.ts";

/** An alert that is out, without what took too long. */
type Incomplete = Announcement & { readonly later: Promise<readonly string[]>; readonly atMs: number };

/**
 * Adds late findings to an alert by an edit, which sends no second notification. If the edit fails, the alert stays as it is.
 */
export async function completeAlert(
  world: World,
  config: MentionSettings,
  { database }: State,
  { alerts }: Channels,
  incomplete: Incomplete,
): Promise<void> {
  const lines = await incomplete.later;
  const messageId = alertMessage(database, alerts.url, incomplete.atMs);
  if (lines.length === 0 || messageId === null) return;
  // How fast a disk fills stays first.
  const [first, ...rest] = incomplete.reasons;
  const reasons = first === undefined ? lines : [first, ...lines, ...rest];
  const body = asEdit(renderAlert({ ...incomplete, reasons }, mentionsOf(config)));
  const { fetch, machine, version, words, signal } = world;
  await send(
    { method: "PATCH", messageId, body },
    { fetch, clock: machine.clock, webhook: alerts, version, words, signal },
  );
}
