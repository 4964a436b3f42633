import type { Config } from "../config.ts";
import type { Report } from "../report.ts";
import { renderClassic } from "./classic.ts";
import { renderCard } from "./discord.ts";
import type { DiscordMessage } from "./discordMessage.ts";

/** The Discord message of a report, in the layout that the settings ask for. */
export function renderMessage(report: Report, config: Config, version: string): DiscordMessage {
  switch (config.layout) {
    case "card":
      return renderCard(report, version);
    case "classic":
      return renderClassic(report, config.timezone);
  }
}
