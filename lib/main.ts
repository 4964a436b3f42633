import { activeRule, remindersOf } from "./alertSettings.ts";
import { assess } from "./assess.ts";
import { type Flags, parseArguments } from "./cli.ts";
import { collect } from "./collect.ts";
import { check } from "./commands/check.ts";
import { outbox } from "./commands/outbox.ts";
import { commit } from "./state/commit.ts";
import { compare } from "./compare.ts";
import type { Config } from "./config.ts";
import { conclude } from "./conclude.ts";
import { findWebhook } from "./deliver/findWebhook.ts";
import { emptyOutbox } from "./deliver/outbox.ts";
import { digestOf } from "./digest.ts";
import { type ExitCode, exitCodes } from "./exit.ts";
import { createFormat } from "./format.ts";
import { observe } from "./observe.ts";
import { renderDigest } from "./render/digest.ts";
import { renderMessage } from "./render/message.ts";
import { renderJson } from "./render/json.ts";
import { renderText } from "./render/text.ts";
import { createReport, type Report } from "./report.ts";
import { loadSettings } from "./settings.ts";
import { type KeptSnapshot, readSnapshot } from "./snapshot.ts";
import { waitForTurn } from "./splay.ts";
import { recall } from "./state/facts.ts";
import { openForReading } from "./state/reading.ts";
import { openState, saved, type State } from "./state/state.ts";
import { complain, type World } from "./world.ts";

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
  const { command, flags } = invocation;
  const settings = loadSettings({ ...world, flags });
  if (!settings.ok && command !== "check") {
    complain(world, settings.problems);
    return exitCodes.config;
  }
  if (!settings.ok) return check(world, flags, settings.problems);
  switch (command) {
    case "report":
      return flags.dryRun === undefined ? report(world, settings.config, flags) : dryRun(world, settings.config, flags);
    case "show":
      return show(world, settings.config, flags);
    case "check":
      return check(world, flags, []);
    case "outbox":
      return outbox(world, flags);
  }
}

/** Collect, compare, observe, assess, report: what is to be told about the machine now. */
async function measure(world: World, config: Config, last: KeptSnapshot | null, everything: boolean) {
  const { host, clock } = world.machine;
  const { readings, sample } = await collect(host, clock, { config, everything });
  const snapshot = { takenAtMs: clock.now(), readings };
  const comparison = compare(snapshot, sample, last);
  const observations = observe(snapshot, comparison);
  const { alerts } = assess({
    observations,
    ruleOf: (name) => activeRule(name, {}),
    before: {},
    reminders: remindersOf({}),
    nowMs: snapshot.takenAtMs,
  });
  const format = createFormat(config.units);
  return (notes: readonly string[]): Report =>
    createReport({ snapshot, comparison, observations, alerts, format, name: config.name, notes });
}

/** Measure, commit, deliver: what is committed reaches Discord, in this run or a later one. */
async function report(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const found = findWebhook(world.env, world.baked);
  if (!found.ok) {
    complain(world, [found.problem]);
    return exitCodes.config;
  }
  const { clock } = world.machine;
  using opened = openState({ flag: flags.stateDir, env: world.env }, clock.now());
  // Another run is at work, and it will say what there is to say.
  if (opened === null) return exitCodes.ok;
  const tell = await measure(world, config, lastSnapshot(opened.database), false);
  const state = saved(opened, clock.now(), ({ database, notes }) =>
    commitReport(database, tell(notes), config, world.version),
  );
  await waitForTurn(world, config.splaySeconds);
  return conclude(world, state, await emptyOutbox(state.database, { ...world, clock, webhook: found.webhook }));
}

async function dryRun(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const told = await look(world, config, flags, false);
  const found = findWebhook(world.env, world.baked);
  const target = found.ok ? `webhook ${found.webhook.id}` : "no webhook yet";
  world.output.out(`POST (${target})\n${JSON.stringify(renderMessage(told, config, world.version), null, 2)}\n`);
  return exitCodes.ok;
}

async function show(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const told = await look(world, config, flags, true);
  const { output, env, version } = world;
  const colour = output.isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  output.out(flags.json === undefined ? renderText(told, { colour }) : renderJson(told, version));
  return exitCodes.ok;
}

/** A report that leaves no trace: the next one that is posted still compares with the last one that was. */
async function look(world: World, config: Config, flags: Flags, everything: boolean): Promise<Report> {
  const database = openForReading({ flag: flags.stateDir, env: world.env }, world.machine.clock.now());
  const last = database === null ? null : lastSnapshot(database);
  database?.close();
  const tell = await measure(world, config, last, everything);
  return tell([]);
}

function commitReport(database: State["database"], told: Report, config: Config, version: string): void {
  const { snapshot, observations, name } = told;
  const message = renderMessage(told, config, version);
  const digest = digestOf(snapshot.takenAtMs, observations);
  commit(database, {
    snapshot,
    observations,
    message,
    digest,
    renderDigest: (folded, dropped) => renderDigest(name, folded, dropped),
  });
}

function lastSnapshot(database: State["database"]): KeptSnapshot | null {
  const text = recall(database, "snapshot");
  return text === null ? null : readSnapshot(text);
}
