import type { Reminders } from "../alerts/alert.ts";
import { type RuleName, ruleNames } from "../alerts/rules.ts";
import { hourMs } from "../clock.ts";
import { clockTime } from "../format.ts";
import type { AlertSettings } from "./alertTable.ts";
import type { RuleSettings } from "./ruleTable.ts";

/** Default intervals of reminders. */
export const reminderHours = { warning: 24, critical: 12 } as const;

/** Whether it is the time of day in which only what is critical is announced. */
export function isQuietAt(ms: number, { quiet }: AlertSettings, timezone: string | null): boolean {
  if (quiet === undefined) return false;
  const [from = "", to = ""] = quiet.split("-");
  const time = clockTime(ms, timezone);
  // Mostly midnight is in between.
  return from <= to ? time >= from && time < to : time >= from || time < to;
}

/** The settings' reminders, in milliseconds. */
export function remindersOf({ reminder_hours: asked }: AlertSettings): Reminders {
  const ms = (severity: keyof Reminders) => (asked?.[severity] ?? reminderHours[severity]) * hourMs;
  return { warning: ms("warning"), critical: ms("critical") };
}

/** What decides whom an alert mentions. */
export interface MentionSettings {
  readonly alerts: AlertSettings;
  readonly rules: RuleSettings;
}

/** Whom an alert mentions, and the rules that mention nobody. */
export function mentionsOf({
  alerts,
  rules: own,
}: MentionSettings): AlertSettings & { readonly withoutMention: readonly RuleName[] } {
  const withoutMention = ruleNames.filter((name) => {
    const settings = own[name];
    return settings !== undefined && settings !== false && settings.mention === false;
  });
  return { ...alerts, withoutMention };
}
