import type { Flags } from "../../cli/parse.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { localDay } from "../../format.ts";
import { lookBack } from "../../measure/lookBack.ts";
import { announce, measure } from "../../measure/measure.ts";
import { renderAlert } from "../../render/discord/alert.ts";
import { asEdit, pictureName, withPicture } from "../../render/discord/amend.ts";
import { renderMessage } from "../../render/discord/card.ts";
import { renderDaily } from "../../render/discord/daily.ts";
import { mentionsOf } from "../../settings/announcements.ts";
import type { Config } from "../../settings/config.ts";
import { findWebhook, nameWebhook } from "../../settings/webhook.ts";
import { withPast } from "../../state/reading.ts";
import type { World } from "../../world.ts";
import { draw } from "./draw.ts";

/** Prints the requests that a report would send, and sends nothing. */
export async function dryRun(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const { machine, output, words } = world;
  const wantsCard = flags.onlyChanges === undefined;
  const found = findWebhook(world.env, world.baked, config);
  const { announcement, report, chart, digestChart, daily, isEdit } = await withPast(world, flags, async (past) => {
    const measurement = await measure(machine, config, past, { everything: false, doing: output.doing });
    const today = localDay(measurement.snapshot.takenAtMs, config.timezone);
    return {
      ...measurement,
      isEdit: config.mode === "live" && found.ok && past.liveCard(found.value.url, today) !== null,
      announcement: await announce(machine, config, past, measurement, words),
      ...lookBack(config, past, measurement, wantsCard),
    };
  });
  const alert = announcement === null ? null : renderAlert(announcement, mentionsOf(config));
  const target = found.ok ? nameWebhook(found.value) : "no webhook yet";
  const png = await draw(world, chart);
  const digestPng = digestChart === chart ? png : await draw(world, digestChart);
  const print = (method: "POST" | "PATCH", message: unknown, picture: Uint8Array | null) => {
    const body = method === "PATCH" ? asEdit(message) : message;
    const shown = picture === null ? body : withPicture(body, words);
    const file = picture === null ? "" : `files[0]: ${pictureName}, ${picture.length} bytes\n`;
    output.out(`${method} (${target})\n${JSON.stringify(shown, null, 2)}\n${file}`);
  };
  const told = report(words, []);
  if (alert !== null) print("POST", alert, null);
  if (daily !== null) print("POST", renderDaily(told, daily, config.timezone), digestPng);
  if (wantsCard) print(isEdit ? "PATCH" : "POST", renderMessage(told, config, png !== null), png);
  return exitCodes.ok;
}
