import { expect, test } from "bun:test";

import { type RuleName, ruleNames, rules } from "../../lib/alerts/rules.ts";
import { metricNames, metrics } from "../../lib/metrics/index.ts";
import type { Threshold, Rule } from "../../lib/model/rule.ts";

const written = (threshold: Threshold | null, forMinutes = 0) =>
  threshold === null
    ? "–"
    : `${threshold.raise} → ${threshold.clear} in ${threshold.runs}${forMinutes > 0 ? ` for ${forMinutes} min` : ""}`;

// The table of defaults, line by line: warning, critical.
test.each([
  ["storage_used", "85 → 80 in 1", "95 → 90 in 1"],
  ["storage_full_soon", "24 → 48 in 2", "4 → 24 in 2"],
  ["storage_inodes", "85 → 80 in 1", "95 → 90 in 1"],
  ["storage_read_only", "–", "1 → 0 in 1"],
  ["memory", "10 → 15 in 2", "5 → 10 in 2"],
  ["swap_traffic", "30 → 20 in 1 for 20 min", "–"],
  ["swap_used", "90 → 80 in 2", "–"],
  ["cpu_busy", "90 → 75 in 1 for 20 min", "–"],
  ["cpu_steal", "10 → 5 in 1 for 20 min", "–"],
  ["cpu_iowait", "40 → 20 in 1 for 20 min", "–"],
  ["load", "2 → 1.5 in 1 for 20 min", "–"],
  ["temperature", "80 → 70 in 2", "90 → 80 in 1"],
  ["service_down", "–", "0 → 1 in 1"],
  ["service_not_enabled", "0 → 1 in 1", "–"],
  ["http_down", "–", "0 → 1 in 2"],
  ["tcp_down", "–", "0 → 1 in 2"],
  ["certificate", "14 → 15 in 1", "3 → 4 in 1"],
  ["clock", "60 → 30 in 1", "–"],
] as const)("%s: warning %s, critical %s", (name: RuleName, warning, critical) => {
  const rule: Rule = rules[name];
  expect([written(rule.warning, rule.forMinutes), written(rule.critical, rule.forMinutes)]).toEqual([
    warning,
    critical,
  ]);
});

test("load is judged from two cores on, and not while CPU or I/O wait says the same", () => {
  expect(rules.load).toMatchObject({ coresAtLeast: 2, inhibitedBy: ["cpu_busy", "cpu_iowait"] });
});

test("what changes by the minute must last, and what cannot be read; disks, arrays, units and checks count looks", () => {
  const lasting = ruleNames.filter((name) => "forMinutes" in rules[name]);
  expect(lasting).toEqual(["swap_traffic", "cpu_busy", "cpu_steal", "cpu_iowait", "load", "unread", "probe_unknown"]);
});

test("rates are judged over the time since the last report, never over half a second", () => {
  const rates = ruleNames.filter((name) => /^(cpu|vmstat)_/.test(rules[name].observation));
  expect(rates).toEqual(["swap_traffic", "cpu_busy", "cpu_steal", "cpu_iowait"]);
  for (const name of rates) expect(rules[name]).toMatchObject({ where: { window: "report" } });
});

const isOrdered = ({ warning, critical }: Rule) => {
  const lines = [warning, critical].filter((threshold) => threshold !== null);
  const isAbove = (threshold: Threshold) => threshold.raise > threshold.clear;
  if (lines.length === 0 || new Set(lines.map(isAbove)).size > 1) return false;
  if (warning === null || critical === null) return true;
  return isAbove(warning) ? warning.raise < critical.raise : warning.raise > critical.raise;
};

// The limits of the owner's own are in the settings.
test.each(ruleNames.filter((name) => name !== "probe_limit"))(
  "%s raises on one side of its clear line, and critical lies beyond warning",
  (name) => {
    expect(isOrdered(rules[name])).toBe(true);
  },
);

test.each([...ruleNames])("%s is silenced only by rules that stand before it", (name) => {
  const { inhibitedBy = [] }: Rule = rules[name];
  const before = new Set<string>(ruleNames.slice(0, ruleNames.indexOf(name)));
  expect(inhibitedBy.filter((other) => !before.has(other))).toEqual([]);
});

/** Made after the metrics have been observed: by the forecast, and by the pipeline. */
const madeElsewhere = ["storage_full_in_hours", "clock_off_seconds"];

test.each([...ruleNames])("%s judges and tells what is observed", (name) => {
  const { observation, displayAs = observation }: Rule = rules[name];
  const known = new Set([
    ...madeElsewhere,
    ...metricNames.flatMap((metric) => Object.keys(metrics[metric].definitions)),
  ]);
  expect([observation, displayAs].filter((one) => !known.has(one))).toEqual([]);
});
