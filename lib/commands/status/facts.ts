import type { Flags } from "../../cli/parse.ts";
import { type Box, thisBox, userOf } from "../../install/box.ts";
import { type SeenSchedule, seeSchedules } from "../../install/seen.ts";
import { type LoadedSettings, loadSettings } from "../../settings/load.ts";
import { secretsOf } from "../../settings/secrets.ts";
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
  /** When `install` last changed one; null where that is not known. */
  readonly installedMs: number | null;
  readonly settings: LoadedSettings;
  /** Why there is no webhook; null when there is one. */
  readonly noWebhook: string | null;
  readonly state: Inspection;
  /** Null where nothing can be read. */
  readonly kept: Kept | null;
}

/** Looks at the schedules and at what their runs have left, with the settings and the state that the only one names. */
export async function gatherStatus(
  world: World,
  flags: Flags,
  given: LoadedSettings,
  box: Box = thisBox,
): Promise<StatusFacts> {
  const { env, baked, machine } = world;
  const nowMs = machine.clock.now();
  const schedules = await seeSchedules(world, box);
  // What another user's line names is not for this one to read.
  const own = schedules.filter(({ user }) => user === userOf(env, box));
  const named = env["SERVER_METRICS_CONFIG"] || flags.config !== undefined ? {} : namedBy(own, "config");
  const settings = named.config === undefined ? given : await loadSettings({ ...world, flags: { ...flags, ...named } });
  if (settings.ok) world.output.conceal(secretsOf(settings.value));
  const webhooks = settings.ok ? findWebhooks(env, baked, settings.value) : null;
  const urls = webhooks?.ok === true ? [webhooks.value.cards.url, webhooks.value.alerts.url] : [];
  const targets = settings.ok ? settings.value.exports : [];
  const choice = await choiceOf(world, { ...namedBy(schedules, "stateDir"), ...flags });
  const kept = await consult(choice, nowMs, (database) => {
    const exports = targets.map((target) => Object.assign({ to: nameOfTarget(target) }, exportState(database, target)));
    return { ...readLeftBehind(database, urls), exports };
  });
  const noWebhook = webhooks?.ok === false ? webhooks.problem : null;
  const installedMs = box.installed.at(env);
  return { nowMs, schedules, installedMs, settings, noWebhook, state: await inspectState(choice, nowMs), kept };
}

/** What all schedules name alike. */
function namedBy(schedules: readonly SeenSchedule[], option: "config" | "stateDir"): Flags {
  const named = new Set(schedules.map(({ flags }) => flags[option]));
  const [value] = named;
  return named.size === 1 && value !== undefined ? { [option]: value } : {};
}
