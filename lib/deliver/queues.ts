import { attempt } from "../state/fault.ts";
import { remember } from "../state/facts.ts";
import type { State } from "../state/state.ts";
import type { World } from "../world.ts";
import type { Webhook } from "./address.ts";
import { type Emptied, emptyOutbox } from "./outbox.ts";

/**
 * Delivers what waits: alerts first where they have a channel of their own, because a channel that is out of order must
 * not hold up the other. How far the clock is off by Discord's is remembered for the next run to judge.
 */
export async function deliverQueues(
  world: World,
  { database }: State,
  { cards, alerts }: { readonly cards: Webhook; readonly alerts: Webhook },
): Promise<Emptied> {
  const { clock } = world.machine;
  const heard: { offSeconds?: number } = {};
  const hearDate = (dateMs: number) => void (heard.offSeconds = Math.round(Math.abs(clock.now() - dateMs) / 1000));
  const deps = { ...world, clock, hearDate };
  const emptied =
    alerts.url === cards.url
      ? await emptyOutbox(database, { ...deps, webhook: cards })
      : both(
          await emptyOutbox(database, { ...deps, webhook: alerts }, "alerts"),
          await emptyOutbox(database, { ...deps, webhook: cards }, "cards"),
        );
  const { offSeconds } = heard;
  if (offSeconds !== undefined) attempt(() => remember(database, "clock_off_seconds", String(offSeconds)));
  return emptied;
}

function both(one: Emptied, other: Emptied): Emptied {
  return {
    delivered: one.delivered + other.delivered,
    kept: one.kept + other.kept,
    reason: one.reason ?? other.reason,
    webhookGone: one.webhookGone || other.webhookGone,
    fault: one.fault ?? other.fault,
  };
}
