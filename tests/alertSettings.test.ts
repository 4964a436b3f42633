import { expect, test } from "bun:test";

import { activeRule, remindersOf } from "../lib/alertSettings.ts";
import { checkSettings } from "../lib/config.ts";

const lines = (settings: Parameters<typeof activeRule>[1], mount = "/") =>
  activeRule("storage_used", settings)?.linesFor({ mount }) ?? null;

test("a rule that is not set has the lines of the table", () => {
  expect(lines({})).toMatchObject({
    warning: { raise: 85, clear: 80, runs: 1 },
    critical: { raise: 95, clear: 90, runs: 1 },
  });
});

test("a line that is moved takes its clear line along, unless that is set too", () => {
  expect(lines({ storage_used: { warning: 70 } })?.warning).toEqual({ raise: 70, clear: 65, runs: 1 });
  expect(lines({ storage_used: { warning: 70, warning_clear: 50, warning_runs: 3 } })?.warning).toEqual({
    raise: 70,
    clear: 50,
    runs: 3,
  });
});

test("one target may have lines of its own, or none at all", () => {
  const settings = {
    storage_used: { targets: { "/backup": { warning: 97, critical: 99 }, "/scratch": false as const } },
  };
  expect(lines(settings, "/backup")?.warning?.raise).toBe(97);
  expect(lines(settings, "/scratch")).toBeNull();
  expect(lines(settings, "/")?.warning?.raise).toBe(85);
});

test("a rule that is off judges nothing", () => {
  expect(activeRule("swap_used", { swap_used: false })).toBeNull();
});

test("a rule without a critical line can be given one", () => {
  const cpu = activeRule("cpu_busy", { cpu_busy: { critical: 99 } });
  expect(cpu?.linesFor({ window: "report" })?.critical).toEqual({ raise: 99, clear: 84, runs: 2 });
});

test("reminders come every 24 and 12 hours, or as they are set, or never", () => {
  expect(remindersOf({})).toEqual({ warning: 24 * 3_600_000, critical: 12 * 3_600_000 });
  expect(remindersOf({ reminder_hours: { critical: 0 } })).toEqual({ warning: 24 * 3_600_000, critical: 0 });
});

test.each([
  ["lines in the wrong order", { rules: { storage_used: { warning: 96 } } }, "storage_used"],
  ["a clear line on the bad side", { rules: { memory: { warning_clear: 5 } } }, "memory"],
  ["a rule that does not exist", { rules: { storge_used: false } }, "one of the rules"],
  ["an id that is a number", { alerts: { mention_role: 5 } }, "an id in quotes"],
])("%s is refused, with what is wrong", (_, settings, words) => {
  const problems = checkSettings(settings, "server-metrics.toml");
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(words);
});

test.each([
  [{ webhook: ["https://discord.com/api/webhooks/1/secret-token"] }],
  [{ alerts: { webhook: ["https://discord.com/api/webhooks/1/secret-token"] } }],
])("the address of a channel is quoted in no problem", (settings) => {
  const problems = checkSettings(settings, "x.toml");
  expect(problems).toHaveLength(1);
  expect(problems.join()).not.toContain("secret-token");
});
