import type { Flags } from "../cli/parse.ts";
import { deliverAll } from "../deliver/channels.ts";
import { openRoutes } from "../deliver/routes.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { renderAlert } from "../render/discord/alert.ts";
import { type MentionSettings, mentionsOf } from "../settings/announcements.ts";
import type { Config } from "../settings/config.ts";
import { type ChannelSettings, findWebhooks } from "../settings/webhook.ts";
import { noteFailure } from "../state/failure.ts";
import { choiceOf, openState } from "../state/opening.ts";
import { enqueue } from "../state/outbox.ts";
import { enqueueRouted } from "../state/routes.ts";
import { saved } from "../state/state.ts";
import type { Words } from "../words/en.ts";
import { complain, type World } from "../world.ts";
import { machineName } from "./findings.ts";
import { codeOf, problemsOf } from "./report/conclude.ts";

type TestSettings = ChannelSettings & MentionSettings & Pick<Config, "name">;

/** Sends one alert that says it is an example, by the way that all alerts go: outbox, channel, mention. */
export async function testAlert(world: World, config: TestSettings, flags: Flags): Promise<ExitCode> {
  const webhooks = findWebhooks(world.env, world.baked, config);
  if (!webhooks.ok) {
    complain(world, [webhooks.problem]);
    return exitCodes.config;
  }
  const { clock } = world.machine;
  const nowMs = clock.now();
  using opened = await openState(await choiceOf(world, flags), clock);
  if (opened === null) {
    complain(world, ["another run is in progress; try again in a minute"]);
    return exitCodes.notDelivered;
  }
  const announcement = example(await machineName(world, config.name), nowMs, world.words);
  const body = renderAlert(announcement, mentionsOf(config));
  const routes = await openRoutes(config.alerts.also);
  const sent = new Map<string, number>();
  const state = saved(opened, nowMs, ({ database }) => {
    sent.set("Discord", enqueue(database, { kind: "alert", body, digest: null }, nowMs));
    for (const one of routes.routed(announcement)) sent.set(one.route, enqueueRouted(database, one, nowMs));
  });
  const flushed = await deliverAll(world, state, webhooks.value, 0, routes);
  const problems = problemsOf(state.ephemeral, flushed);
  // Earlier alerts go out first, and may be all that did.
  const missing = [...sent].flatMap(([road, id]) => (flushed.confirmed.includes(id) ? [] : [road]));
  const hasArrived = missing.length === 0;
  const told = [...problems, ...missing.map((road) => `the test alert has not arrived, says ${road}`)];
  complain(world, told);
  if (hasArrived && world.output.isTerminal) world.output.out("The test alert has arrived\n");
  if (told.length === 0) return exitCodes.ok;
  const code = problems.length > 0 ? codeOf(flushed, state.ephemeral) : exitCodes.notDelivered;
  noteFailure(state.database, clock.now(), code, told.join("; "));
  return code;
}

function example(name: string, nowMs: number, words: Words) {
  const disk = { rule: "storage_used", labels: { mount: "/" }, from: null, sinceMs: nowMs, untilMs: nowMs } as const;
  return {
    name: words.alert.test.name(name),
    nowMs,
    transitions: [{ ...disk, kind: "raised", to: "critical", value: 97, threshold: 95 } as const],
    events: [],
    reasons: [words.alert.test.text],
    words,
  };
}
