import * as v from "valibot";

import type { ActiveRule, Reminders } from "./alert.ts";
import type { Lines } from "./judge.ts";
import type { Line, Rule } from "./rule.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import { discordId } from "./settingTypes.ts";

const number = v.number("a number");
const runs = v.pipe(number, v.integer("a whole number"), v.minValue(1, "at least 1"));

const lineEntries = {
  warning: number,
  warning_clear: number,
  warning_runs: runs,
  critical: number,
  critical_clear: number,
  critical_runs: runs,
  clear_runs: runs,
};
const lineSettings = v.partial(v.strictObject(lineEntries));
type LineSettings = v.InferOutput<typeof lineSettings>;

const targets = v.record(v.string(), v.union([v.literal(false), lineSettings], "false, or a table of lines"));
const ruleSettings = v.union(
  [v.literal(false), v.partial(v.strictObject({ ...lineEntries, targets }))],
  "false, or lines such as { warning = 85, critical = 95 }",
);

/** Settings of the rules, by rule: other lines, other lines for one target, or off. */
export const RuleSettings = v.pipe(
  v.record(v.picklist(ruleNames, `one of the rules ${ruleNames.join(", ")}`), ruleSettings),
  v.check(
    (settings) => misordered(settings) === null,
    ({ input }) => `a critical line beyond the warning line, and clear lines on the good side, in ${misordered(input)}`,
  ),
);
export type RuleSettings = v.InferOutput<typeof RuleSettings>;

const hours = v.pipe(v.number("a number of hours"), v.minValue(0, "0 or more hours"));

/** How alerts are announced. */
export const AlertSettings = v.partial(
  v.strictObject({
    mention_role: discordId(),
    mention_user: discordId(),
    reminder_hours: v.partial(v.strictObject({ warning: hours, critical: hours })),
    quiet_cards: v.boolean("true or false"),
    webhook: v.string("a webhook's address"),
  }),
);
export type AlertSettings = v.InferOutput<typeof AlertSettings>;

/** Reports in a row on the good side before something counts as over; coming back must be as sure as going wrong. */
const runsToClear = 2;

/** How often a trouble that lasts is said again, unless the settings have it otherwise. */
const reminderHours = { warning: 24, critical: 12 } as const;

/** The settings' reminders, in milliseconds. */
export function remindersOf({ reminder_hours: asked }: AlertSettings): Reminders {
  const ms = (severity: keyof Reminders) => (asked?.[severity] ?? reminderHours[severity]) * 3_600_000;
  return { warning: ms("warning"), critical: ms("critical") };
}

/** A rule with what the settings make of it; null when it is off. */
export function activeRule(name: RuleName, settings: RuleSettings): ActiveRule | null {
  const own = settings[name];
  if (own === false) return null;
  const rule: Rule = rules[name];
  return {
    ...rule,
    linesFor: (labels) => {
      const target = Object.values(labels).find((label) => own?.targets?.[label] !== undefined);
      const ofTarget = target === undefined ? undefined : own?.targets?.[target];
      return ofTarget === false ? null : linesWith(rule, { ...own, ...ofTarget });
    },
  };
}

/** A clear line that is not set keeps its distance from the line that is. */
function linesWith({ warning, critical }: Rule, settings: LineSettings): Lines {
  const pattern = warning ?? critical;
  return {
    warning: lineWith(warning, pattern, settings.warning, settings.warning_clear, settings.warning_runs),
    critical: lineWith(critical, pattern, settings.critical, settings.critical_clear, settings.critical_runs),
    runsToClear: settings.clear_runs ?? runsToClear,
  };
}

function lineWith(
  known: Line | null,
  pattern: Line | null,
  raise = known?.raise,
  clear?: number,
  runsToRaise = (known ?? pattern)?.runs ?? 1,
): Line | null {
  if (raise === undefined) return null;
  const like = known ?? pattern;
  const gap = like === null ? 0 : like.clear - like.raise;
  return { raise, clear: clear ?? raise + gap, runs: runsToRaise };
}

/** The first rule whose lines contradict each other: critical before warning, or a clear line on the bad side. */
function misordered(
  settings: Readonly<Partial<Record<RuleName, v.InferOutput<typeof ruleSettings>>>>,
): RuleName | null {
  const isWrong = (name: RuleName, own: LineSettings) => {
    const rule: Rule = rules[name];
    const { warning, critical } = linesWith(rule, own);
    const badIsAbove = isAbove(rule.warning ?? rule.critical);
    const lines = [warning, critical].filter((line) => line !== null);
    if (lines.some((line) => isAbove(line) !== badIsAbove)) return true;
    if (warning === null || critical === null) return false;
    return badIsAbove ? critical.raise < warning.raise : critical.raise > warning.raise;
  };
  const found = ruleNames.find((name) => {
    const own = settings[name];
    if (own === undefined || own === false) return false;
    const ofTargets = Object.values(own.targets ?? {}).filter((target) => target !== false);
    return isWrong(name, own) || ofTargets.some((target) => isWrong(name, { ...own, ...target }));
  });
  return found ?? null;
}

const isAbove = (line: Line | null) => line !== null && line.raise > line.clear;
