import { type Flags, rendererFor, type Renderers } from "../../cli/parse.ts";
import { openRoutes } from "../../deliver/routes.ts";
import { type ExitCode, exitCodes } from "../../exit.ts";
import { jsonText, localDay } from "../../format.ts";
import { lookBack } from "../../measure/lookBack.ts";
import { announce } from "../../measure/announcement.ts";
import { measure } from "../../measure/measure.ts";
import { renderAlert } from "../../render/discord/alert.ts";
import { asEdit, keepPicture, pictureName, withPicture } from "../../render/discord/amend.ts";
import { renderMessage } from "../../render/discord/card.ts";
import { renderDaily } from "../../render/discord/daily.ts";
import type { DiscordMessage } from "../../render/discord/message.ts";
import { plainLines } from "../../render/discord/plain.ts";
import { asText, paint } from "../../render/terminal/frame.ts";
import { type TextOptions, textOptions } from "../../render/terminal/options.ts";
import type { Announcement } from "../../report/explain.ts";
import { type MentionSettings, mentionsOf } from "../../settings/announcements.ts";
import type { Config } from "../../settings/config.ts";
import { findWebhooks, nameWebhook } from "../../settings/webhook.ts";
import { withPast } from "../../state/reading.ts";
import { complain, type World } from "../../world.ts";
import { isCardDue, readCardEvery } from "./cardEvery.ts";
import { draw } from "./draw.ts";

/** Shows what a report would post, or prints the requests for programs, and sends nothing. */
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
  const { chart, digestChart, keptPicture } = looked;
  const png = await draw(world, chart);
  const digestPng = digestChart === chart ? png : await draw(world, digestChart);
  const requests = new Array<Request>();
  const plan = (method: Request["method"], message: DiscordMessage, picture: Uint8Array | null) => {
    const kept = keptPicture !== null && method === "PATCH" ? keepPicture(message, keptPicture) : message;
    const body = method === "PATCH" ? asEdit(kept) : message;
    const file = picture === null ? null : { name: pictureName, bytes: picture.length };
    requests.push({
      method,
      to: nameOf("cards"),
      message,
      body: file === null ? body : withPicture(body, words),
      file,
    });
  };
  if (announcement !== null) requests.push(...(await alertsOf(announcement, nameOf("alerts"), config)));
  const told = looked.report(words, []);
  if (daily !== null) plan("POST", renderDaily(told, daily, config.timezone), digestPng);
  if (looked.wantsCard)
    plan(looked.isEdit ? "PATCH" : "POST", renderMessage(told, config, png !== null || keptPicture !== null), png);
  const hasOne = !looked.wantsCard && flags.onlyChanges === undefined;
  const plans = { requests, nowMs: told.snapshot.takenAtMs, note: hasOne ? noCard : "" };
  output.out(rendererFor(renderers, flags)(plans, textOptions(world, config, Bun)));
  return exitCodes.ok;
}

const noCard = "no card: this slot of --card-every has one\n";

/** A request that would be made; of a service that is not Discord, without a message. */
interface Request {
  readonly method: "POST" | "PATCH";
  readonly to: string;
  readonly message: DiscordMessage | null;
  readonly body: unknown;
  readonly file: { readonly name: string; readonly bytes: number } | null;
}

/** The alert, by each of its routes. */
async function alertsOf(announcement: Announcement, to: string, config: MentionSettings): Promise<readonly Request[]> {
  const { routed } = await openRoutes(config.alerts.also);
  const message = renderAlert(announcement, mentionsOf(config));
  const others = routed(announcement).map(({ route, body }) => ({ to: route, message: null, body }));
  const both = [{ to, message, body: message }, ...others];
  return both.map(({ to: name, message: own, body }) => ({ method: "POST", to: name, message: own, body, file: null }));
}

interface Plans {
  readonly requests: readonly Request[];
  readonly nowMs: number;
  readonly note: string;
}

const renderers: Renderers<(plans: Plans, options: TextOptions) => string> = {
  text: ({ requests, nowMs, note }, options) => {
    const texts = requests.map(({ method, to, message, body, file }) => {
      const first = [`${method} (${to})`, ...(file === null ? [] : [`${file.name}, ${file.bytes} bytes`])].join(", ");
      const lines = message === null ? [jsonText(body)] : plainLines(message, nowMs, options);
      return asText([paint("dim", first, options), "", ...lines], options);
    });
    return [...texts, ...(note === "" ? [] : [note])].join("\n");
  },
  json: ({ requests }) =>
    jsonText({ schema: 1, requests: requests.map(({ method, to, body, file }) => ({ method, to, body, file })) }),
};

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
      ...lookBack(config, past, measurement, { wantsCard, cardsUrl }),
    };
  });
}
