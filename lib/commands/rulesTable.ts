import type { Thresholds } from "../alerts/judge.ts";
import { type RuleName, ruleNames, rules } from "../alerts/rules.ts";
import { stateKey } from "../alerts/state.ts";
import { formatValue } from "../alerts/text.ts";
import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import { measure, type Measurement } from "../measure/measure.ts";
import { isTargetOf, type Threshold, targetName } from "../model/rule.ts";
import { activeRule } from "../settings/alerts.ts";
import type { Config } from "../settings/config.ts";
import { withPast } from "../state/reading.ts";
import { en } from "../words/en.ts";
import type { World } from "../world.ts";

/** One rule on one target, as it stands; a rule without a target here has no value. */
interface RuleState {
  readonly rule: RuleName;
  readonly target: string;
  readonly value: number | null;
  readonly warning: Threshold | null;
  readonly critical: Threshold | null;
  /** `ok`, `warning`, `critical`, `off`, or `no data`. */
  readonly state: string;
}

/** Prints each rule with its thresholds, the present value and the state that is remembered. Changes nothing. */
export async function printRules(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const { machine, output } = world;
  const options = { everything: false, doing: output.doing };
  const measurement = await withPast(world, flags, (past) => measure(machine, config, past, options));
  const table = ruleNames.flatMap((rule) => statesOf(rule, config, measurement));
  output.out(
    flags.json === undefined ? table.map(lineOf).join("") : `${JSON.stringify({ schema: 1, rules: table }, null, 2)}\n`,
  );
  return exitCodes.ok;
}

function statesOf(name: RuleName, config: Config, { observations, assessment }: Measurement): readonly RuleState[] {
  const rule = activeRule(name, config.rules);
  const stateOf = (target: string, value: number | null, thresholds: Thresholds | null, state: string): RuleState => ({
    rule: name,
    target,
    value,
    warning: thresholds?.warning ?? null,
    critical: thresholds?.critical ?? null,
    state,
  });
  if (rule === null) return [stateOf("", null, { ...rules[name], runsToClear: 1 }, "off")];
  const judged = observations.filter((observation) => isTargetOf(rule, observation));
  const seen = judged.map((observation) => {
    const thresholds = rule.thresholdsFor(observation.labels);
    const known = assessment.states[stateKey(name, observation)];
    const target = targetName(rule, observation.labels);
    const state = thresholds === null ? "off" : (known?.severity ?? "ok");
    return stateOf(target, observation.value, thresholds, state);
  });
  const unseen = assessment.alerts
    .filter(({ rule: other, lastSeenMs }) => other === name && lastSeenMs !== null)
    .map(({ labels, severity }) => stateOf(targetName(rule, labels), null, rule.thresholdsFor(labels), severity));
  const all = [...seen, ...unseen];
  if (all.length > 0) return all;
  const looked = observations.some(({ name: observed }) => observed === rule.presentIf);
  return [stateOf("", null, rule.thresholdsFor({}), looked ? "ok" : "no data")];
}

function lineOf({ rule, target, value, warning, critical, state }: RuleState): string {
  const { notation } = rules[rule];
  // A free share is told as what is used, so that it agrees with the card.
  const number = (amount: number) => formatValue(amount, notation, en);
  const isYesOrNo = notation === "state";
  const lines = (["warning", "critical"] as const).flatMap((severity) => {
    const threshold = severity === "warning" ? warning : critical;
    if (threshold === null) return [];
    if (isYesOrNo) return [`${severity} ${threshold.runs === 1 ? "at once" : `after ${threshold.runs} runs`}`];
    const runs = threshold.runs === 1 ? "" : `, ${threshold.runs} runs`;
    const level = threshold.from === undefined ? "" : ` from ${threshold.from} % used on`;
    return [`${severity} ${number(threshold.raise)} → ${number(threshold.clear)}${level}${runs}`];
  });
  const subject = [rule, printable(target)].filter(Boolean).join(" ");
  const unseen = state === "warning" || state === "critical" ? "not seen now; " : "";
  const now = value === null || isYesOrNo ? unseen : `now ${number(value)}; `;
  return `${state.padEnd(8)}  ${subject}: ${now}${lines.join("; ")}\n`;
}
