import type { Flags } from "../../cli/parse.ts";
import { openRoutes } from "../../deliver/routes.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { jsonText, localDay } from "../../format.ts";
import { lookBack } from "../../measure/lookBack.ts";
import { announce, measure } from "../../measure/measure.ts";
import { renderAlert } from "../../render/discord/alert.ts";
import { asEdit, pictureName, withPicture } from "../../render/discord/amend.ts";
import { renderMessage } from "../../render/discord/card.ts";
import { renderDaily } from "../../render/discord/daily.ts";
import { mentionsOf } from "../../settings/announcements.ts";
import type { Config } from "../../settings/config.ts";
import { findWebhooks, nameWebhook } from "../../settings/webhook.ts";
import { withPast } from "../../state/reading.ts";
import { complain, type World } from "../../world.ts";
import { isCardDue, readCardEvery } from "./cardEvery.ts";
import { draw } from "./draw.ts";

/** Prints the requests that a report would send, and sends nothing. */
export async function dryRun(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const { output, words } = world;
  const cardEvery = readCardEvery(flags.cardEvery);
  if (!cardEvery.ok) {
    complain(world, [cardEvery.problem]);
    return exitCodes.usage;
  }
  const found = findWebhooks(world.env, world.baked, config);
  const cardsUrl = found.ok ? found.value.cards.url : null;
  const looked = await look(world, config, flags, { everyMs: cardEvery.value, cardsUrl });
  const { announcement, daily } = looked;
  const nameOf = (channel: "cards" | "alerts") => (found.ok ? nameWebhook(found.value[channel]) : "no webhook yet");
  const { chart, digestChart } = looked;
  const png = await draw(world, chart);
  const digestPng = digestChart === chart ? png : await draw(world, digestChart);
  const print = (method: "POST" | "PATCH", message: unknown, picture: Uint8Array | null) => {
    const body = method === "PATCH" ? asEdit(message) : message;
    const shown = picture === null ? body : withPicture(body, words);
    const file = picture === null ? "" : `files[0]: ${pictureName}, ${picture.length} bytes\n`;
    output.out(`${method} (${nameOf("cards")})\n${jsonText(shown)}${file}`);
  };
  if (announcement !== null) {
    const { routed } = await openRoutes(config.alerts.also);
    const alerts = [{ route: nameOf("alerts"), body: renderAlert(announcement, mentionsOf(config)) }];
    for (const { route, body } of [...alerts, ...routed(announcement)]) {
      output.out(`POST (${route})\n${jsonText(body)}`);
    }
  }
  const told = looked.report(words, []);
  if (daily !== null) print("POST", renderDaily(told, daily, config.timezone), digestPng);
  const method = looked.isEdit ? "PATCH" : "POST";
  if (looked.wantsCard) print(method, renderMessage(told, config, png !== null), png);
  else if (flags.onlyChanges === undefined) output.out("no card: this slot of --card-every has one\n");
  return exitCodes.ok;
}

interface Cards {
  readonly everyMs: number | null;
  readonly cardsUrl: string | null;
}

/** All that a report would find out now. */
function look(world: World, config: Config, flags: Flags, { everyMs, cardsUrl }: Cards) {
  const { machine, output, words } = world;
  return withPast(world, flags, async (past) => {
    const measurement = await measure(machine, config, past, { everything: false, doing: output.doing });
    const { takenAtMs } = measurement.snapshot;
    const wantsCard = flags.onlyChanges === undefined && isCardDue(everyMs, past, takenAtMs);
    const today = localDay(takenAtMs, config.timezone);
    return {
      ...measurement,
      wantsCard,
      isEdit: config.mode === "live" && cardsUrl !== null && past.liveCard(cardsUrl, today) !== null,
      announcement: await announce(machine, config, past, measurement, words),
      ...lookBack(config, past, measurement, wantsCard),
    };
  });
}
