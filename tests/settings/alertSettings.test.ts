import { expect, test } from "bun:test";

import { remindersOf } from "../../lib/settings/announcements.ts";
import { checkSettings } from "../../lib/settings/decide.ts";

test("reminders come every 24 and 12 hours, or as they are set, or never", () => {
  expect(remindersOf({})).toEqual({ warning: 24 * 3_600_000, critical: 12 * 3_600_000 });
  expect(remindersOf({ reminder_hours: { critical: 0 } })).toEqual({ warning: 24 * 3_600_000, critical: 0 });
});

test("an id that is a number is refused, because numbers of that size are not kept whole", () => {
  const problems = checkSettings({ alerts: { mention_role: 5 } }, "server-metrics.toml");
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain("an id in quotes");
});

test.each([
  [{ webhook: ["https://discord.com/api/webhooks/1/secret-token"] }],
  [{ alerts: { webhook: ["https://discord.com/api/webhooks/1/secret-token"] } }],
])("the address of a channel is quoted in no problem", (settings) => {
  const problems = checkSettings(settings, "x.toml");
  expect(problems).toHaveLength(1);
  expect(problems.join()).not.toContain("secret-token");
});
