import type { Flags } from "../../cli/parse.ts";
import { beginDelivery, deliverAll } from "../../deliver/channels.ts";
import { ping } from "../../deliver/heartbeat.ts";
import type { FlushResult } from "../../deliver/flushed.ts";
import type { Begun } from "../../deliver/outbox.ts";
import { openRoutes, type Routes } from "../../deliver/routes.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { lookBack } from "../../measure/lookBack.ts";
import { announce } from "../../measure/announcement.ts";
import { measure, type Measurement, tidyUp } from "../../measure/measure.ts";
import type { MentionSettings } from "../../settings/announcements.ts";
import type { Config } from "../../settings/config.ts";
import { type Channels, findWebhooks } from "../../settings/webhook.ts";
import { commit } from "../../state/commit.ts";
import { choiceOf, installationOf, openInTurn, openState } from "../../state/opening.ts";
import type { Past } from "../../state/past.ts";
import { noteFailure } from "../../state/failure.ts";
import { noteHeartbeat } from "../../state/heartbeat.ts";
import { saved, type State } from "../../state/state.ts";
import { complain, type World } from "../../world.ts";
import { isCardDue, readCardEvery } from "./cardEvery.ts";
import { conclude, isDelivered } from "./conclude.ts";
import { failBefore, noteBug } from "./failBefore.ts";
import { draw } from "./draw.ts";
import { createMemory } from "./memory.ts";
import { renderRun } from "./renderRun.ts";

/** More time for a run that looks further after its alert is out, milliseconds. */
const furtherMs = 30_000;

/** Measures, announces, commits and delivers. Committed messages reach Discord in this run or a later one. */
export async function report(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  try {
    return await reportOnce(world, config, flags);
  } catch (error) {
    await noteBug(world, config, flags, error);
    throw error;
  }
}

async function reportOnce(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const webhooks = findWebhooks(world.env, world.baked, config);
  const cardEvery = readCardEvery(flags.cardEvery);
  if (!webhooks.ok || !cardEvery.ok) {
    const problems = [webhooks, cardEvery].flatMap((one) => (one.ok ? [] : [one.problem]));
    return failBefore(world, flags, cardEvery.ok ? exitCodes.config : exitCodes.usage, problems);
  }
  const { machine } = world;
  const choice = await choiceOf(world, flags);
  const mayPost = flags.onlyChanges === undefined;
  const by = installationOf(world, flags, webhooks.value.cards);
  using opened = mayPost
    ? await openInTurn(choice, machine.clock, world.output.doing, { splaySeconds: config.splaySeconds, by })
    : await openState(choice, machine.clock);
  // Another run is at work, and it will say what there is to say.
  if (opened === null) return exitCodes.ok;
  const { database } = opened;
  // Where this run hangs, it is killed some seconds later. One that ends all the same writes over it.
  world.signal.addEventListener("abort", () => {
    noteFailure(database, machine.clock.now(), exitCodes.notDelivered, "not finished in time");
  });
  const memory = createMemory(world, opened, choice, webhooks.value, cardEvery.value);
  const past = await memory.readPast();
  const wantsCard = mayPost && isCardDue(cardEvery.value, past, machine.clock.now());
  const routes = await openRoutes(config.alerts.also);
  const outcome = await look(world, config, past, { wantsCard, cardsUrl: webhooks.value.cards.url }, routes);
  tidyUp(outcome.observations);
  // A run without a card sends only news, which does not wait.
  const splaySeconds = wantsCard ? config.splaySeconds : 0;
  let begun: Begun | null = null;
  const write = (state: State) =>
    commit(
      state.database,
      renderRun(state, ...memory.remembering(state, outcome, config)),
      by,
      () => (begun = beginDelivery(state, webhooks.value, splaySeconds, machine.clock.now())),
    );
  const state = saved(opened, machine.clock.now(), write);
  const flushed = await deliverAll(world, state, webhooks.value, splaySeconds, routes, begun);
  if (flushed.kept === 0) memory.noteTold(state);
  return await finish(world, config, state, webhooks.value, outcome, flushed);
}

/** What follows when the messages are out. */
async function finish(
  world: World,
  config: Config,
  state: State,
  channels: Channels,
  outcome: Outcome,
  flushed: FlushResult,
): Promise<ExitCode> {
  const code = conclude(world, state, flushed);
  const hasOthers = config.heartbeat !== null || config.exports.length > 0;
  if (hasOthers) await tellOthers(world, config, state, outcome, flushed);
  await lookFurther(world, config, state, channels, outcome);
  return code;
}

type Outcome = Awaited<ReturnType<typeof look>>;

/** All that this run finds out and has to say. */
async function look(
  world: World,
  config: Config,
  past: Past,
  cards: { readonly wantsCard: boolean; readonly cardsUrl: string },
  { routed }: Routes,
) {
  const { machine, words } = world;
  const measurement = await measure(machine, config, past, {
    everything: false,
    doesErrands: true,
    doing: world.output.doing,
  });
  tidyUp(measurement.observations);
  const announcement = await announce(machine, config, past, measurement, words);
  if (announcement?.later) world.allowMs(furtherMs);
  tidyUp(measurement.observations);
  const day = lookBack(config, past, measurement, cards);
  const png = await draw(world, day.chart);
  const digestPng = day.digestChart === day.chart ? png : await draw(world, day.digestChart);
  const didErrand = measurement.snapshot.errandMs !== past.lastRun?.errandMs;
  return { ...measurement, ...day, didErrand, announcement, wantsCard: cards.wantsCard, png, digestPng, words, routed };
}

/** What takes long: more about the causes of an alert that is out by now, and once a day what is usual on this machine. */
async function lookFurther(world: World, config: MentionSettings, state: State, channels: Channels, outcome: Outcome) {
  const { announcement, snapshot, didErrand } = outcome;
  const later = announcement?.later ?? null;
  if (announcement !== null && later !== null) {
    const { completeAlert } = await import("./completeAlert.ts");
    await completeAlert(world, config, state, channels, { ...announcement, later, atMs: snapshot.takenAtMs });
  }
  if (didErrand) await (await import("./learn.ts")).learn(world, state, outcome);
}

/** Runs after the report, which matters more. The next card tells a failure. */
async function tellOthers(
  world: World,
  { heartbeat, exports }: Pick<Config, "exports" | "heartbeat">,
  state: State,
  outcome: Measurement,
  flushed: FlushResult,
) {
  const isCritical = outcome.assessment.alerts.some(
    ({ severity, mute }) => severity === "critical" && mute === undefined,
  );
  const [unheard, unexported] = await Promise.all([
    beat(world, heartbeat, state, isCritical || !isDelivered(flushed)),
    exportAll(world, exports, state, outcome, flushed.kept),
  ]);
  const problems = [...(unheard === null ? [] : [`the heartbeat failed: ${unheard}`]), ...unexported];
  if (world.output.isTerminal) complain(world, problems);
}

/** Tells the monitor of this run. Returns why it was not told; null when it was, or when there is none. */
async function beat(world: World, heartbeat: string | null, { database }: State, failed: boolean) {
  if (heartbeat === null) return null;
  const problem = await ping(heartbeat, failed, world);
  noteHeartbeat(database, problem, world.machine.clock.now());
  return problem;
}

async function exportAll(
  world: World,
  exports: Config["exports"],
  state: State,
  measurement: Measurement,
  waiting: number,
) {
  if (exports.length === 0) return [];
  const { exportReport } = await import("../../export/catchUp.ts");
  return exportReport(world, exports, state, measurement, waiting);
}
