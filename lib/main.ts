import { assess } from "./assess.ts";
import type { Baked } from "./baked.ts";
import { type Flags, parseArguments } from "./cli.ts";
import { collect } from "./collect.ts";
import { compare } from "./compare.ts";
import type { Config } from "./config.ts";
import { parseWebhook, type ParsedWebhook } from "./deliver/address.ts";
import { deliver } from "./deliver/deliver.ts";
import type { SendDeps } from "./deliver/webhook.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { createFormat } from "./format.ts";
import { observe } from "./observe.ts";
import type { Output } from "./output.ts";
import { renderClassic } from "./render/classic.ts";
import { renderCard } from "./render/discord.ts";
import type { DiscordMessage } from "./render/discordMessage.ts";
import { renderJson } from "./render/json.ts";
import { renderText } from "./render/text.ts";
import { createReport, type Report } from "./report.ts";
import { rules } from "./rules.ts";
import { loadSettings } from "./settings.ts";
import type { Machine } from "./sources/machine.ts";

/** Everything outside of the program, so that a test can be the world. */
export interface World {
  /** What follows the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly machine: Machine;
  readonly fetch: SendDeps["fetch"];
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly output: Output;
  readonly readText: (path: string) => string;
  readonly fileBesideProgram: string;
  readonly baked: Baked;
  readonly version: string;
}

/** Runs one command and says what to exit with. Throws only for bugs. */
export async function main(world: World): Promise<ExitCode> {
  const invocation = parseArguments(world.argv, world.version);
  switch (invocation.kind) {
    case "print":
      world.output.out(`${invocation.text}\n`);
      return exitCodes.ok;
    case "misuse":
      complain(world, [invocation.problem, "see server-metrics --help"]);
      return exitCodes.usage;
    case "run":
      break;
  }
  const settings = loadSettings({ ...world, flags: invocation.flags });
  if (!settings.ok) {
    complain(world, settings.problems);
    return exitCodes.config;
  }
  switch (invocation.command) {
    case "report":
      return report(world, settings.config, invocation.flags);
    case "show":
      return show(world, settings.config, invocation.flags);
  }
}

/** Measures the machine and decides what is to be told about it. */
async function measure(world: World, config: Config, everything: boolean): Promise<Report> {
  const { host, clock } = world.machine;
  const { readings, sample } = await collect(host, clock, { config, everything });
  const snapshot = { takenAtMs: clock.now(), readings };
  const comparison = compare(snapshot, sample, null);
  const observations = observe(snapshot, comparison);
  const alerts = assess(observations, rules);
  const format = createFormat(config.units);
  return createReport({ snapshot, comparison, observations, alerts, format, name: config.name });
}

async function report(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const address = findWebhook(world);
  const dryRun = flags.dryRun !== undefined;
  if (!dryRun && !address.ok) {
    complain(world, [address.problem]);
    return exitCodes.config;
  }
  const told = await measure(world, config, false);
  const message = renderMessage(told, config, world.version);
  if (dryRun || !address.ok) {
    const target = address.ok ? `webhook ${address.webhook.id}` : "no webhook yet";
    world.output.out(`POST (${target})\n${JSON.stringify(message, null, 2)}\n`);
    return exitCodes.ok;
  }
  const { fetch, random, version, machine, output } = world;
  const request = { method: "POST", body: message } as const;
  const deps = { fetch, random, version, clock: machine.clock, webhook: address.webhook };
  const { outcome } = await deliver({ request }, deps);
  if (outcome.kind === "delivered") {
    if (output.isTerminal) output.out(`Posted to webhook ${address.webhook.id}: ${told.name}, ${told.headline}\n`);
    return exitCodes.ok;
  }
  complain(world, [`not delivered: ${outcome.reason}`]);
  return outcome.kind === "rejected" && outcome.webhookGone ? exitCodes.webhookGone : exitCodes.notDelivered;
}

async function show(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const told = await measure(world, config, true);
  const { output, env, version } = world;
  const colour = output.isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  output.out(flags.json === undefined ? renderText(told, { colour }) : renderJson(told, version));
  return exitCodes.ok;
}

function renderMessage(told: Report, config: Config, version: string): DiscordMessage {
  switch (config.layout) {
    case "card":
      return renderCard(told, version);
    case "classic":
      return renderClassic(told, config.timezone);
  }
}

const howToSetWebhook =
  "no webhook: set DISCORD_WEBHOOK_URL, or build with it set " +
  "(in Discord: channel settings, Integrations, Webhooks, Copy Webhook URL)";

/** The environment's webhook before the one that was baked in. What was allowed at build time stays allowed. */
function findWebhook({ env, baked }: World): ParsedWebhook {
  const [text, origin] = env["DISCORD_WEBHOOK_URL"]
    ? [env["DISCORD_WEBHOOK_URL"], "DISCORD_WEBHOOK_URL"]
    : [baked.webhook, "the webhook baked into this program"];
  if (!text) return { ok: false, problem: howToSetWebhook };
  const allowHosts = [env["SERVER_METRICS_ALLOW_HOST"], baked.allowHost].filter((host) => host !== undefined);
  const parsed = parseWebhook(text, allowHosts);
  return parsed.ok ? parsed : { ok: false, problem: `${origin}: ${parsed.problem}` };
}

function complain({ output }: World, problems: readonly string[]): void {
  output.error(problems.map((problem) => `server-metrics: ${problem}\n`).join(""));
}
