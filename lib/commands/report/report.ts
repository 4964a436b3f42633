import type { Flags } from "../../cli/parse.ts";
import { deliverInTurn } from "../../deliver/channels.ts";
import { ping } from "../../deliver/heartbeat.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { lookBack } from "../../measure/lookBack.ts";
import { announce, measure, type Measurement } from "../../measure/measure.ts";
import type { Config } from "../../settings/config.ts";
import { findWebhooks } from "../../settings/webhook.ts";
import { commit } from "../../state/commit.ts";
import { choiceOf, installationOf, openInTurn, openState } from "../../state/opening.ts";
import { readPast } from "../../state/past.ts";
import { saved, type State } from "../../state/state.ts";
import { complain, type World } from "../../world.ts";
import { conclude, isDelivered } from "./conclude.ts";
import { draw } from "./draw.ts";
import { renderRun } from "./renderRun.ts";

/** Measures, announces, commits and delivers. Committed messages reach Discord in this run or a later one. */
export async function report(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const webhooks = findWebhooks(world.env, world.baked, config);
  if (!webhooks.ok) {
    complain(world, [webhooks.problem]);
    return exitCodes.config;
  }
  const { machine, words } = world;
  const choice = await choiceOf(world, flags);
  const wantsCard = flags.onlyChanges === undefined;
  const by = installationOf(world, flags, webhooks.value.cards);
  using opened = wantsCard
    ? await openInTurn(choice, machine.clock, world.output.doing, { splaySeconds: config.splaySeconds, by })
    : await openState(choice, machine.clock);
  // Another run is at work, and it will say what there is to say.
  if (opened === null) return exitCodes.ok;
  const past = readPast(opened.database);
  const measurement = await measure(machine, config, past, { everything: false, doing: world.output.doing });
  const announcement = await announce(machine, config, past, measurement, words);
  const day = lookBack(config, past, measurement, wantsCard);
  const outcome = { ...measurement, ...day, announcement, wantsCard, png: await draw(world, day.chart), words };
  const write = (state: State) => commit(state.database, renderRun(state, outcome, config, world.version), by);
  const state = saved(opened, machine.clock.now(), write);
  // A run without a card sends only news, which does not wait.
  const splaySeconds = wantsCard ? config.splaySeconds : 0;
  const flushed = await deliverInTurn(world, state, webhooks.value, splaySeconds);
  const code = conclude(world, state, flushed);
  const isCritical = measurement.assessment.alerts.some(({ severity }) => severity === "critical");
  // The report is what counts, so these come after it, and what becomes of them changes nothing: a heartbeat that fails is
  // missed where it is expected, and an export that fails is said in the next card.
  const [unheard, unexported] = await Promise.all([
    config.heartbeat === null ? null : ping(config.heartbeat, isCritical || !isDelivered(flushed), world),
    exportAll(world, config, state, measurement, flushed.kept),
  ]);
  const problems = [...(unheard === null ? [] : [`the heartbeat was not taken: ${unheard}`]), ...unexported];
  if (world.output.isTerminal) complain(world, problems);
  return code;
}

async function exportAll(world: World, config: Config, state: State, measurement: Measurement, waiting: number) {
  if (config.exports.length === 0) return [];
  const { exportReport } = await import("../../export/catchUp.ts");
  return exportReport(world, config.exports, state, measurement, waiting);
}
