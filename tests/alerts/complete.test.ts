import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";

import { ruleNames, rules } from "../../lib/alerts/rules.ts";
import { type MetricName, metricNames, metrics } from "../../lib/metrics/index.ts";
import { capturedMachines, measureCaptured } from "../support/captured.ts";
import { en } from "../../lib/words/en.ts";

const judged = new Set<string>(ruleNames.map((name) => rules[name].observation));

/** Metrics with notable rows that no rule judges, and why. At most five. */
const exceptions: Partial<Record<MetricName, string>> = {
  vmstat: "a kill is an event: it is told once, and cannot end",
};

const isNotableSometimes = (name: MetricName) =>
  readFileSync(new URL(`../../lib/metrics/${name}.ts`, import.meta.url), "utf8").includes('"notable"');

test("a metric that can be notable in the card is judged by a rule", () => {
  const notable = metricNames.filter(isNotableSometimes);
  expect(notable.length).toBeGreaterThan(10);
  const unjudged = notable.filter((name) => !Object.keys(metrics[name].definitions).some((one) => judged.has(one)));
  expect(unjudged.filter((name) => exceptions[name] === undefined)).toEqual([]);
  expect(Object.keys(exceptions).length).toBeLessThanOrEqual(5);
});

test.each([...capturedMachines])("%s: every notable row tells of something that a rule judges", async (machine) => {
  const { report } = await measureCaptured(machine);
  const rows = report(en, []).sections.flatMap(({ metric, rows: own }) => own.map((row) => ({ ...row, metric })));
  const unjudged = rows.filter(
    ({ metric, importance, about, news }) =>
      importance === "notable" &&
      exceptions[metric] === undefined &&
      !about.some((key) => judged.has(key.replace(/\{.*/s, ""))) &&
      news?.endsWith("could not be read") !== true,
  );
  expect(unjudged).toEqual([]);
});

test.each([...capturedMachines])(
  "%s: what could not be read, and what is notable, is never all well",
  async (machine) => {
    const { report, snapshot } = await measureCaptured(machine);
    const { headline, sections } = report(en, []);
    const failed = metricNames.filter((name) => snapshot.readings[name].status === "failed");
    const notable = sections.flatMap(({ rows }) => rows).filter(({ importance }) => importance === "notable");
    if (failed.length + notable.length > 0) expect(headline).not.toBe("all well");
  },
);

test.each([
  ["systemctl-hangs", "no alerts · services could not be read"],
  ["docker-refused", "no alerts · containers could not be read"],
  ["reboot-required", "no alerts · reboot needed"],
  ["conntrack-full", "open files 96 % of the limit, conntrack table 94 % full"],
  ["raid-down", "RAID md0 inactive, RAID md1 inactive"],
])("%s: %s", async (machine, headline) => {
  expect((await measureCaptured(machine)).report(en, []).headline).toContain(headline);
});
