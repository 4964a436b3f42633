import type { Flags } from "../cli.ts";
import type { Config } from "../config.ts";
import { findWebhook } from "../deliver/findWebhook.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { announce, measure } from "../measure.ts";
import { renderAlert } from "../render/alert.ts";
import { renderJson } from "../render/json.ts";
import { renderMessage } from "../render/message.ts";
import { renderText, type TextOptions } from "../render/text.ts";
import { noPast, readPast } from "../state/past.ts";
import { openForReading } from "../state/reading.ts";
import type { World } from "../world.ts";

/** The report in the terminal. Leaves no trace: the next one that is posted still compares with the last posted one. */
export async function show(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const { output, version } = world;
  const { report } = await look(world, config, flags, true);
  const told = report([]);
  output.out(flags.json === undefined ? renderText(told, textOptions(world, config)) : renderJson(told, version));
  return exitCodes.ok;
}

/** How standard output wants its text. */
export function textOptions({ output, env }: World, { timezone }: Config): TextOptions {
  const colour = output.isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return { colour, columns: output.columns, widthOf: Bun.stringWidth, timezone };
}

/** Prints the requests that a report would send, and sends nothing. */
export async function dryRun(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const { alert, report } = await look(world, config, flags, false);
  const found = findWebhook(world.env, world.baked, config.webhook);
  const target = found.ok ? `webhook ${found.webhook.id}` : "no webhook yet";
  const card = flags.onlyChanges === undefined ? renderMessage(report([]), config, world.version) : null;
  for (const body of [alert, card]) {
    if (body !== null) world.output.out(`POST (${target})\n${JSON.stringify(body, null, 2)}\n`);
  }
  return exitCodes.ok;
}

async function look(world: World, config: Config, flags: Flags, everything: boolean) {
  const database = openForReading({ flag: flags.stateDir, env: world.env }, world.machine.clock.now());
  const past = database === null ? noPast : readPast(database);
  const measurement = await measure(world.machine, config, past, { everything, doing: world.output.doing });
  const announcement = everything ? null : await announce(world.machine, config, past, measurement);
  database?.close();
  return { ...measurement, alert: announcement === null ? null : renderAlert(announcement, config.alerts) };
}
