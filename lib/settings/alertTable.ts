import * as v from "valibot";

import { alsoEntries } from "./alsoTable.ts";
import { discordId, type Meanings, timesOfDay } from "./types.ts";

const hours = v.pipe(v.number("a number of hours"), v.minValue(0, "0 or more hours"));

/** Settings of the announcements. */
export const AlertSettings = v.partial(
  v.strictObject(
    {
      mention_role: discordId(),
      mention_user: discordId(),
      mention_reminders: v.boolean("true or false"),
      reminder_hours: v.partial(v.strictObject({ warning: hours, critical: hours }, "a table of hours")),
      quiet: timesOfDay(),
      quiet_cards: v.boolean("true or false"),
      webhook: v.string("a webhook's address"),
      also: alsoEntries,
    },
    "a table",
  ),
);
export type AlertSettings = v.InferOutput<typeof AlertSettings>;

/** Meanings of the settings in `[alerts]`. */
export const alertMeanings: Meanings<AlertSettings> = {
  mention_role: { meaning: "the role that a critical alert mentions", default: "nobody" },
  mention_user: { meaning: "the user that a critical alert mentions", default: "nobody" },
  mention_reminders: { meaning: "reminders of what is critical mention them, too", default: "`false`" },
  reminder_hours: {
    meaning: "hours after which what lasts is said again, twice as many each time, up to 7 days; 0 = never",
  },
  quiet: {
    meaning: 'hours in which warnings and recoveries wait, such as `"23:00-07:00"`; what is critical does not',
    default: "none",
  },
  quiet_cards: { meaning: "cards make no sound; alerts always do", default: "`true`" },
  also: { meaning: "other routes for alerts, each in an `[[alerts.also]]` table", default: "none" },
  webhook: { meaning: "a channel of their own for alerts; a secret", default: "that of the cards" },
};
