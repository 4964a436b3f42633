import { expect, test } from "bun:test";

import { activeRule } from "../../lib/settings/alerts.ts";
import { checkSettings } from "../../lib/settings/decide.ts";

const lines = (settings: Parameters<typeof activeRule>[1], mount = "/") =>
  activeRule("storage_used", settings)?.thresholdsFor({ mount }) ?? null;

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
  expect(cpu?.thresholdsFor({ window: "report" })?.critical).toEqual({ raise: 99, clear: 84, runs: 1 });
});

test("the level from which a forecast counts can be set, for one disk too", () => {
  const levels = (settings: Parameters<typeof activeRule>[1], mount = "/") => {
    const found = activeRule("storage_full_soon", settings)?.thresholdsFor({ mount });
    return [found?.warning?.from, found?.critical?.from];
  };
  expect(levels({})).toEqual([60, 80]);
  expect(levels({ storage_full_soon: { warning_used: 40 } })).toEqual([40, 80]);
  const settings = { storage_full_soon: { critical_used: 90, targets: { "/db": { critical_used: 70 } } } };
  expect([levels(settings), levels(settings, "/db")]).toEqual([
    [60, 90],
    [60, 70],
  ]);
});

test("how many runs something takes to be over can be set", () => {
  expect(lines({ storage_used: { clear_runs: 4 } })?.runsToClear).toBe(4);
  expect(lines({ storage_used: { clear_runs: 4, targets: { "/": { clear_runs: 1 } } } })?.runsToClear).toBe(1);
  expect(lines({})?.runsToClear).toBe(2);
});

test.each([
  [
    { storage_used: { warnin: 5 } },
    'setting "rules.storage_used.warnin" in x.toml is unknown; did you mean "warning"?',
  ],
  [{ storage_used: { warning: "85" } }, 'setting "rules.storage_used.warning" in x.toml: expected a number, got "85"'],
  [
    { storage_used: { targets: { "/": { critical_runs: 0 } } } },
    'setting "rules.storage_used.targets./.critical_runs" in x.toml: expected at least 1, got 0',
  ],
  [
    { storage_used: 85 },
    'setting "rules.storage_used" in x.toml: expected false, or lines such as { warning = 85, critical = 95 }, got 85',
  ],
  [{ storage_used: { targets: 5 } }, 'setting "rules.storage_used.targets" in x.toml: expected a table, got 5'],
  [
    { storage_used: { targets: { "/": true } } },
    'setting "rules.storage_used.targets./" in x.toml: expected false, or lines such as { warning = 85, critical = 95 }, got true',
  ],
])("what is wrong in %j is named", (settings, problem) => {
  expect(checkSettings({ rules: settings }, "x.toml")).toEqual([problem]);
});

test.each([
  ["lines in the wrong order", { rules: { storage_used: { warning: 96 } } }, "storage_used"],
  ["a clear line on the bad side", { rules: { memory: { warning_clear: 95 } } }, "memory"],
  ["memory as its free share", { rules: { memory: { critical: 4 } } }, "percent used in memory: 96 in place of 4"],
  ["a rule that does not exist", { rules: { storge_used: false } }, "a rule such as storage_used"],
  ["a part of a rule's name", { rules: { swap: false } }, "a rule such as swap_traffic"],
  ["a rule that is like none", { rules: { xyz: false } }, "one of the rules"],
  ["a level for a rule that has none", { rules: { memory: { warning_used: 50 } } }, "memory"],
  ["a level beyond 100 %", { rules: { storage_full_soon: { targets: { "/": { critical_used: 101 } } } } }, "rules"],
])("%s is refused, with what is wrong", (_, settings, words) => {
  const problems = checkSettings(settings, "server-metrics.toml");
  expect(problems).toHaveLength(1);
  expect(problems[0]).toContain(words);
});

test("memory is set in percent used, as it is told", () => {
  const thresholds = activeRule("memory", { memory: { warning: 80, critical: 98 } })?.thresholdsFor({});
  expect(thresholds).toMatchObject({ warning: { raise: 20, clear: 25 }, critical: { raise: 2, clear: 7 } });
});

test("a target may be a glob; one that is named exactly wins", () => {
  const targets = { "/mnt/*": false, "/mnt/backup": { warning: 97 } } as const;
  const rule = activeRule("storage_used", { storage_used: { targets, critical: 99 } });
  const thresholdsOf = (mount: string) => rule?.thresholdsFor({ mount });
  expect(thresholdsOf("/mnt/media")).toBeNull();
  expect(thresholdsOf("/mnt/backup")).toMatchObject({ warning: { raise: 97 } });
  expect(thresholdsOf("/")).toMatchObject({ warning: { raise: 85 } });
});
