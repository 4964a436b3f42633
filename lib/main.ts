import type { CommandName } from "./cli/commands.ts";
import { type Flags, parseArguments } from "./cli/parse.ts";
import { conclude } from "./commands/report/conclude.ts";
import { draw } from "./commands/report/draw.ts";
import { renderRun } from "./commands/report/renderRun.ts";
import { deliverInTurn } from "./deliver/channels.ts";
import { ping } from "./deliver/heartbeat.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { lookBack } from "./measure/lookBack.ts";
import { announce, measure, type Measurement } from "./measure/measure.ts";
import type { Config } from "./settings/config.ts";
import { loadSettings } from "./settings/load.ts";
import { secretsOf } from "./settings/secrets.ts";
import { findWebhooks } from "./settings/webhook.ts";
import { commit } from "./state/commit.ts";
import { readPast } from "./state/past.ts";
import { openInTurn, openState, saved, type State } from "./state/state.ts";
import { complain, type World } from "./world.ts";

/** Runs one command and says what to exit with. Throws only for bugs. */
export async function main(world: World): Promise<ExitCode> {
  try {
    return await runCommand(world);
  } finally {
    world.output.doing(null);
  }
}

async function runCommand(world: World): Promise<ExitCode> {
  const invocation = parseArguments(world.argv);
  switch (invocation.kind) {
    case "version":
      world.output.out(`server-metrics ${world.version}\n`);
      return exitCodes.ok;
    case "help":
      world.output.out(`${(await import("./cli/help.ts")).helpText(invocation.command)}\n`);
      return exitCodes.ok;
    case "misuse":
      complain(world, [`${invocation.problem}; see server-metrics --help`]);
      return exitCodes.usage;
    case "run":
      break;
  }
  const { command, flags, choice } = invocation;
  if (command === "completions") {
    world.output.out((await import("./cli/completions/index.ts")).completions(choice));
    return exitCodes.ok;
  }
  if (command === "uninstall") return (await import("./commands/install.ts")).uninstall(world);
  const settings = loadSettings({ ...world, flags });
  if (settings.ok) world.output.conceal(secretsOf(settings.config));
  if (command === "check" && (!settings.ok || flags.rules === undefined)) {
    return (await import("./commands/check.ts")).check(world, flags, settings);
  }
  if (!settings.ok) {
    complain(world, settings.problems);
    return exitCodes.config;
  }
  return start(command, world, settings.config, flags);
}

/** A report is made every half hour, for years: what the other commands need is loaded for them alone. */
async function start(
  command: Exclude<CommandName, "completions" | "uninstall">,
  world: World,
  config: Config,
  flags: Flags,
): Promise<ExitCode> {
  switch (command) {
    case "report":
      if (flags.dryRun === undefined) return report(world, config, flags);
      return (await import("./commands/show.ts")).dryRun(world, config, flags);
    case "show":
      if (flags.watch !== undefined) return (await import("./commands/watch.ts")).watch(world, config, flags);
      return (await import("./commands/show.ts")).show(world, config, flags);
    case "history":
      return (await import("./commands/history.ts")).history(world, config, flags);
    case "check":
      return (await import("./commands/rulesTable.ts")).printRules(world, config, flags);
    case "test-alert":
      return (await import("./commands/testAlert.ts")).testAlert(world, config, flags);
    case "outbox":
      return (await import("./commands/outbox.ts")).outbox(world, config, flags);
    case "export":
      return (await import("./commands/export.ts")).exportNumbers(world, config, flags);
    case "install":
      return (await import("./commands/install.ts")).install(world, config, flags);
  }
}

/** Measure, announce, commit, deliver: what is committed reaches Discord, in this run or a later one. */
async function report(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const webhooks = findWebhooks(world.env, world.baked, config);
  if (!webhooks.ok) {
    complain(world, [webhooks.problem]);
    return exitCodes.config;
  }
  const { machine, words } = world;
  const choice = { flag: flags.stateDir, env: world.env };
  const wantsCard = flags.onlyChanges === undefined;
  using opened = wantsCard
    ? await openInTurn(choice, machine.clock, world.output.doing)
    : openState(choice, machine.clock.now());
  // Another run is at work, and it will say what there is to say.
  if (opened === null) return exitCodes.ok;
  const past = readPast(opened.database);
  const measurement = await measure(machine, config, past, { everything: false, doing: world.output.doing });
  const announcement = await announce(machine, config, past, measurement, words);
  const day = lookBack(config, past, measurement, wantsCard);
  const outcome = { ...measurement, ...day, announcement, wantsCard, png: await draw(world, day.chart), words };
  const write = (state: State) => commit(state.database, renderRun(state, outcome, config, world.version));
  const state = saved(opened, machine.clock.now(), write);
  // A look every minute tells nothing but news, and news waits for no turn.
  const splaySeconds = wantsCard ? config.splaySeconds : 0;
  const flushed = await deliverInTurn(world, state, webhooks, splaySeconds);
  const code = conclude(world, state, flushed);
  const isCritical = measurement.assessment.alerts.some(({ severity }) => severity === "critical");
  // The report is what counts, so these come after it, and what becomes of them changes nothing: a heartbeat that fails is
  // missed where it is expected, and an export that fails is said in the next card.
  const [unheard, unexported] = await Promise.all([
    config.heartbeat === null ? null : ping(config.heartbeat, isCritical || flushed.kept > 0, world),
    exportAll(world, config, state, measurement, flushed.kept),
  ]);
  const problems = [...(unheard === null ? [] : [`the heartbeat was not taken: ${unheard}`]), ...unexported];
  if (world.output.isTerminal) complain(world, problems);
  return code;
}

async function exportAll(world: World, config: Config, state: State, measurement: Measurement, waiting: number) {
  if (config.exports.length === 0) return [];
  const { exportReport } = await import("./export/catchUp.ts");
  return exportReport(world, config.exports, state, measurement, waiting);
}
