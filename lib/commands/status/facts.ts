import type { Flags } from "../../cli/parse.ts";
import { type Box, thisBox } from "../../install/box.ts";
import { type SeenSchedule, seeSchedules } from "../../install/seen.ts";
import type { LoadedSettings } from "../../settings/load.ts";
import { findWebhooks } from "../../settings/webhook.ts";
import { type ExportState, exportState } from "../../export/memory.ts";
import { nameOfTarget } from "../../settings/exports.ts";
import { type Inspection, inspectState } from "../../state/inspect.ts";
import { type LeftBehind, readLeftBehind } from "../../state/leftBehind.ts";
import { choiceOf } from "../../state/opening.ts";
import { consult } from "../../state/reading.ts";
import type { World } from "../../world.ts";

/** What the runs so far have left behind, and how the exports are. */
export interface Kept extends LeftBehind {
  readonly exports: readonly (ExportState & { readonly to: string })[];
}

/** Everything that tells whether it runs. */
export interface StatusFacts {
  readonly nowMs: number;
  readonly schedules: readonly SeenSchedule[];
  readonly settings: LoadedSettings;
  /** Why there is no webhook; null when there is one. */
  readonly noWebhook: string | null;
  readonly state: Inspection;
  /** Null where nothing can be read. */
  readonly kept: Kept | null;
}

/** Looks at the schedules and at what their runs have left. Where the only schedule names a state, that one is read. */
export async function gatherStatus(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  box: Box = thisBox,
): Promise<StatusFacts> {
  const { env, baked, machine } = world;
  const nowMs = machine.clock.now();
  const schedules = await seeSchedules(world, box);
  const webhooks = settings.ok ? findWebhooks(env, baked, settings.value) : null;
  const urls = webhooks?.ok === true ? [webhooks.value.cards.url, webhooks.value.alerts.url] : [];
  const targets = settings.ok ? settings.value.exports : [];
  const choice = await choiceOf(world, flags.stateDir === undefined ? stateOf(schedules) : flags);
  const kept = await consult(choice, nowMs, (database) => {
    const exports = targets.map((target) => Object.assign({ to: nameOfTarget(target) }, exportState(database, target)));
    return { ...readLeftBehind(database, urls), exports };
  });
  const noWebhook = webhooks?.ok === false ? webhooks.problem : null;
  return { nowMs, schedules, settings, noWebhook, state: await inspectState(choice, nowMs), kept };
}

function stateOf(schedules: readonly SeenSchedule[]): Flags {
  const named = new Set(schedules.map(({ flags: { stateDir } }) => stateDir));
  const [stateDir] = named;
  return named.size === 1 && stateDir !== undefined ? { stateDir } : {};
}
