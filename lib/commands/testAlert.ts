import type { Flags } from "../cli/parse.ts";
import { flushChannels } from "../deliver/channels.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { renderAlert } from "../render/discord/alert.ts";
import type { Config } from "../settings/config.ts";
import { findWebhooks } from "../settings/webhook.ts";
import { choiceOf, openState } from "../state/opening.ts";
import { enqueue } from "../state/outbox.ts";
import { saved } from "../state/state.ts";
import type { Words } from "../words/en.ts";
import { complain, type World } from "../world.ts";
import { codeOf, problemsOf } from "./report/conclude.ts";

/** Sends one alert that says it is an example, by the way that all alerts go: outbox, channel, mention. */
export async function testAlert(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const webhooks = findWebhooks(world.env, world.baked, config);
  if (!webhooks.ok) {
    complain(world, [webhooks.problem]);
    return exitCodes.config;
  }
  const { clock, host } = world.machine;
  const nowMs = clock.now();
  using opened = await openState(await choiceOf(world, flags), clock);
  if (opened === null) {
    complain(world, ["another run is at work; try again in a minute"]);
    return exitCodes.notDelivered;
  }
  const hostname = await host.readProc("sys/kernel/hostname").catch(() => world.words.report.unnamedMachine);
  const body = renderAlert(example(config.name ?? hostname.trim(), nowMs, world.words), config.alerts);
  const sent = { id: 0 };
  const state = saved(opened, nowMs, ({ database }) => {
    sent.id = enqueue(database, { kind: "alert", body, digest: null }, nowMs);
  });
  const flushed = await flushChannels(world, state, webhooks.value);
  const problems = problemsOf(state.ephemeral, flushed);
  // Earlier alerts go out first, and may be all that did.
  const hasArrived = flushed.confirmed.includes(sent.id);
  complain(world, [...problems, ...(hasArrived ? [] : ["the test alert has not arrived, as far as Discord says"])]);
  if (hasArrived && world.output.isTerminal) world.output.out("The test alert has arrived\n");
  if (problems.length > 0) return codeOf(flushed, state.ephemeral);
  return hasArrived ? exitCodes.ok : exitCodes.notDelivered;
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
