import type { ActiveRule } from "../alerts/alert.ts";
import type { Thresholds } from "../alerts/judge.ts";
import { type RuleName, ruleNames, rules } from "../alerts/rules.ts";
import type { Labels } from "../model/observation.ts";
import type { Probe } from "../model/probe.ts";
import { type Rule, shownAs } from "../model/rule.ts";
import { thresholdsOfProbe } from "../probe/limit.ts";
import type { ThresholdsOf } from "../words/digits.ts";
import { matchesGlob } from "./globs.ts";
import type { RuleSettings } from "./ruleTable.ts";
import { thresholdsWith } from "./thresholds.ts";

/** The same for a limit of the owner's to be beyond: one look can be a hiccup. */
const runsOfProbe = 2;

/** A rule with what the settings make of it; null when it is off. Off for a target, too, that is not configured. */
export function activeRule(
  name: RuleName,
  settings: RuleSettings,
  isConfigured: (rule: Rule, labels: Labels) => boolean = () => true,
  probes: readonly Probe[] = [],
): ActiveRule | null {
  const own = settings[name];
  if (own === false) return null;
  const rule: Omit<ActiveRule, "thresholdsFor"> = rules[name];
  const { hasOwnLimits = false } = rule;
  let usual: Thresholds | undefined;
  return {
    ...rule,
    thresholdsFor: (labels, value = 0) => {
      const ofTarget = own?.targets && settingsOfTarget(own.targets, Object.values(labels));
      if (ofTarget === false || !isConfigured(rule, labels)) return null;
      // Of thousands of targets almost all have the same.
      if (!hasOwnLimits && ofTarget === undefined) return (usual ??= thresholdsWith(rule, own ?? {}));
      const limits = hasOwnLimits ? thresholdsOfProbe(probes, labels, value, runsOfProbe) : {};
      return limits && thresholdsWith({ ...rule, ...limits }, { ...own, ...ofTarget });
    },
  };
}

/** What is set for a target by its own name, or else by the first glob that it matches. */
function settingsOfTarget<T>(targets: Readonly<Record<string, T>>, labels: readonly string[]): T | undefined {
  const exact = labels.find((label) => Object.hasOwn(targets, label));
  if (exact !== undefined) return targets[exact];
  return Object.entries(targets).find(([pattern]) => labels.some((label) => matchesGlob(label, pattern)))?.[1];
}

/** Where the settings have the thresholds beside which a number is read. */
export function createThresholdsOf(settings: RuleSettings, probes: readonly Probe[] = []): ThresholdsOf {
  const known = new Map<string, readonly ActiveRule[]>();
  const rulesOf = (shown: string) => {
    const judging = ruleNames.filter((name) => shown === shownAs(rules[name]) || shown === rules[name].observation);
    const active = judging.flatMap((name) => activeRule(name, settings, undefined, probes) ?? []);
    known.set(shown, active);
    return active;
  };
  return (shown, labels) =>
    (known.get(shown) ?? rulesOf(shown)).flatMap(({ notation, thresholdsFor }) => {
      const { warning = null, critical = null } = thresholdsFor(labels) ?? {};
      const numbers = [warning, critical].flatMap((one) => (one === null ? [] : [one.raise, one.clear]));
      return notation === "percentFree" ? numbers.map((free) => 100 - free) : numbers;
    });
}
