import type { Report } from "../report/report.ts";
import type { Config } from "../settings/config.ts";
import { renderCard } from "./discord/card.ts";
import { renderClassic } from "./discord/classic.ts";
import type { DiscordMessage } from "./discord/message.ts";

/** Delivered, but nobody's phone rings: what is news is announced by itself. Discord's flag SUPPRESS_NOTIFICATIONS. */
export const withoutSound = 4096;

/** The Discord message of a report, in the layout that the settings ask for. */
export function renderMessage(report: Report, config: Config, version: string): DiscordMessage {
  switch (config.layout) {
    case "card":
      return {
        ...renderCard(report, version),
        ...(config.alerts.quiet_cards === false ? {} : { flags: withoutSound }),
      };
    case "classic":
      return renderClassic(report, config.timezone);
  }
}
