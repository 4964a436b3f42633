import * as v from "valibot";

import { type RuleName, ruleNames, rules } from "../alerts/rules.ts";
import type { Rule, Threshold } from "../model/rule.ts";
import { nearest } from "../nearest.ts";
import { type ThresholdSettings, thresholdsWith } from "./thresholds.ts";
import { type Meanings, minutesOrHours } from "./types.ts";

const number = v.number("a number");
const percent = v.pipe(v.number("a percentage"), v.minValue(0, "0 to 100 %"), v.maxValue(100, "0 to 100 %"));
const runs = v.pipe(number, v.integer("a whole number"), v.minValue(1, "at least 1"));

const thresholdEntries = {
  warning: number,
  warning_clear: number,
  warning_runs: runs,
  warning_used: percent,
  critical: number,
  critical_clear: number,
  critical_runs: runs,
  critical_used: percent,
  clear_runs: runs,
  for: minutesOrHours(),
};
const thresholdSettings = v.partial(v.strictObject(thresholdEntries));

const thresholdsExpected = "false, or lines such as { warning = 85, critical = 95 }";
const off = v.literal(false, thresholdsExpected);

/** False or a table; a wrong entry is reported by its own name. */
const offOr = <Table extends v.GenericSchema>(table: Table) =>
  v.lazy((input) => (typeof input === "object" && input !== null ? table : off));

/** The settings of a rule's table. */
export const ruleEntries = {
  ...thresholdEntries,
  mention: v.boolean("true or false"),
  targets: v.record(v.string(), offOr(thresholdSettings), "a table"),
};
const ruleSettings = offOr(v.partial(v.strictObject(ruleEntries)));

/** Meanings of a rule's settings; the defaults are in the table of rules. */
export const ruleMeanings: Meanings<typeof ruleEntries> = {
  warning: { meaning: "the value at which a warning is raised", default: "the rule's" },
  warning_clear: { meaning: "the value at which it is over", default: "as far from `warning` as by default" },
  warning_runs: { meaning: "reports in a row beyond it before it is raised", default: "the rule's" },
  warning_used: { meaning: "counts only while so many percent are used", default: "the rule's" },
  critical: { meaning: "the value at which it is critical", default: "the rule's" },
  critical_clear: { meaning: "the value at which it is no longer", default: "as far from `critical` as by default" },
  critical_runs: { meaning: "reports in a row beyond it before it is critical", default: "the rule's" },
  critical_used: { meaning: "counts only while so many percent are used", default: "the rule's" },
  clear_runs: { meaning: "reports in a row on the good side before it is over" },
  for: {
    meaning: 'how long it must be beyond it, or clear of it, beside the reports that are counted: `"20m"`, `"2h"`',
    default: "the rule's",
  },
  mention: { meaning: "whether what is critical by it mentions anybody", default: "`true`" },
  targets: {
    meaning:
      'the same for one mount point, unit or check, or a glob: `targets."/mnt/*" = { warning = 97 }`, or `false`',
    default: "the rule's",
  },
};

const ruleExpected = (typed: string) => {
  const meant = nearest(typed, ruleNames);
  return meant === null ? `one of the rules ${ruleNames.join(", ")}` : `a rule such as ${meant}`;
};

/** Settings of the rules, by rule: other thresholds, other thresholds for one target, or off. */
export const RuleSettings = v.pipe(
  v.record(
    v.picklist(ruleNames, ({ input }) => ruleExpected(String(input))),
    ruleSettings,
    "a table",
  ),
  v.check(
    (settings) => freeShares(settings).length === 0,
    ({ input }) => freeShares(input)[0] ?? "percent used",
  ),
  v.check(
    (settings) => freeShares(settings).length > 0 || findRule(settings, isMisordered) === undefined,
    ({ input }) =>
      `a critical line beyond the warning line, and clear lines on the good side, in ${findRule(input, isMisordered)}`,
  ),
  v.check(
    (settings) => findRule(settings, hasNoSuchLevel) === undefined,
    ({ input }) =>
      `no warning_used or critical_used in ${findRule(input, hasNoSuchLevel)}, which has no level to reach`,
  ),
);
export type RuleSettings = v.InferOutput<typeof RuleSettings>;

/** The first rule of which some thresholds, its own or a target's, are not as they should be. */
function findRule(
  settings: Readonly<Partial<Record<RuleName, v.InferOutput<typeof ruleSettings>>>>,
  isWrong: (rule: Rule, thresholds: ThresholdSettings) => boolean,
): RuleName | undefined {
  return ruleNames.find((name) => {
    const own = settings[name];
    if (own === undefined || own === false) return false;
    const ofTargets = Object.values(own.targets ?? {}).filter((target) => target !== false);
    return isWrong(rules[name], own) || ofTargets.some((target) => isWrong(rules[name], { ...own, ...target }));
  });
}

/** Critical before warning, or a clear threshold on the bad side. */
function isMisordered(rule: Rule, own: ThresholdSettings): boolean {
  const { warning, critical } = thresholdsWith(rule, own);
  const badIsAbove = isAbove(rule.warning ?? rule.critical);
  const thresholds = [warning, critical].filter((threshold) => threshold !== null);
  if (thresholds.some((threshold) => isAbove(threshold) !== badIsAbove)) return true;
  if (warning === null || critical === null) return false;
  return badIsAbove ? critical.raise < warning.raise : critical.raise > warning.raise;
}

/** Thresholds below 50 % used: they were surely meant as free shares, as an alert on half-empty memory is of no use. */
function freeShares(settings: Parameters<typeof findRule>[0]): readonly string[] {
  return ruleNames.flatMap((name) => {
    const { notation }: Rule = rules[name];
    const own = settings[name];
    if (notation !== "percentFree" || own === undefined || own === false) return [];
    const values = [own, ...Object.values(own.targets ?? {})].flatMap((one) =>
      one === false ? [] : [one.warning, one.warning_clear, one.critical, one.critical_clear],
    );
    const free = values.filter((value) => value !== undefined && value < 50);
    return free.map((value) => `percent used in ${name}: ${100 - (value ?? 0)} in place of ${value}`);
  });
}

const isAbove = (threshold: Threshold | null) => threshold !== null && threshold.raise > threshold.clear;

const hasNoSuchLevel = ({ level }: Rule, { warning_used: warning, critical_used: critical }: ThresholdSettings) =>
  level === undefined && (warning ?? critical) !== undefined;
