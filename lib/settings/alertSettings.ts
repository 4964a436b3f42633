import * as v from "valibot";

import type { Reminders } from "../alerts/alert.ts";
import { hourMs } from "../time.ts";
import { discordId } from "./types.ts";

const hours = v.pipe(v.number("a number of hours"), v.minValue(0, "0 or more hours"));

/** How alerts are announced. */
export const AlertSettings = v.partial(
  v.strictObject(
    {
      mention_role: discordId(),
      mention_user: discordId(),
      reminder_hours: v.partial(v.strictObject({ warning: hours, critical: hours }, "a table of hours")),
      quiet_cards: v.boolean("true or false"),
      webhook: v.string("a webhook's address"),
    },
    "a table",
  ),
);
export type AlertSettings = v.InferOutput<typeof AlertSettings>;

/** How often a trouble that lasts is said again, unless the settings have it otherwise. */
const reminderHours = { warning: 24, critical: 12 } as const;

/** The settings' reminders, in milliseconds. */
export function remindersOf({ reminder_hours: asked }: AlertSettings): Reminders {
  const ms = (severity: keyof Reminders) => (asked?.[severity] ?? reminderHours[severity]) * hourMs;
  return { warning: ms("warning"), critical: ms("critical") };
}
