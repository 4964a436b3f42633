import type { Thresholds } from "../alerts/judge.ts";
import { type RuleName, ruleNames, rules } from "../alerts/rules.ts";
import { stateKey } from "../alerts/state.ts";
import { formatValue } from "../alerts/text.ts";
import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { jsonText, printable } from "../format.ts";
import { measure, type Measurement } from "../measure/measure.ts";
import { padTo } from "../render/terminal/wrap.ts";
import type { Labels } from "../model/observation.ts";
import { isTargetOf, type Threshold, targetName, toldAs } from "../model/rule.ts";
import { activeRule } from "../settings/alerts.ts";
import type { Config } from "../settings/config.ts";
import { withPast } from "../state/reading.ts";
import type { Words } from "../words/en.ts";
import type { CheckWords } from "../words/en/check.ts";
import type { World } from "../world.ts";

/** One rule on one target, as it stands; a rule without a target here has no value. */
interface RuleState {
  readonly rule: RuleName;
  readonly labels: Labels;
  readonly target: string;
  readonly value: number | null;
  readonly warning: Threshold | null;
  readonly critical: Threshold | null;
  /** How long it must last beside the runs that are counted; absent where only runs count. */
  readonly forSeconds?: number;
  readonly state: keyof CheckWords["rules"]["state"];
}

/** Prints each rule with its thresholds, the present value and the state that is remembered. Changes nothing. */
export async function printRules(world: World, config: Config, flags: Flags): Promise<ExitCode> {
  const { machine, output, words } = world;
  const forms = (await words.later.check()).rules;
  const options = { everything: false, doing: output.doing };
  const measurement = await withPast(world, flags, (past) => measure(machine, config, past, options));
  const table = ruleNames.flatMap((rule) => statesOf(rule, config, measurement));
  output.out(
    flags.json === undefined
      ? table.map((one) => lineOf(one, words, forms)).join("")
      : jsonText({ schema: 1, rules: table.map(forPrograms) }),
  );
  return exitCodes.ok;
}

function forPrograms({ rule, target, value, warning, critical, state }: RuleState) {
  const told = (number: number) => toldAs(rules[rule], number);
  const line = (one: Threshold | null) => one && { ...one, raise: told(one.raise), clear: told(one.clear) };
  return {
    rule,
    target,
    value: value === null ? null : told(value),
    warning: line(warning),
    critical: line(critical),
    state,
  };
}

function statesOf(
  name: RuleName,
  config: Pick<Config, "probes" | "rules">,
  { observations, assessment }: Measurement,
): readonly RuleState[] {
  const rule = activeRule(name, config.rules, undefined, config.probes);
  const stateOf = (
    labels: Labels,
    value: number | null,
    thresholds: Thresholds | null,
    state: RuleState["state"],
  ): RuleState => ({
    rule: name,
    labels,
    target: targetName(rules[name], labels),
    value,
    warning: thresholds?.warning ?? null,
    critical: thresholds?.critical ?? null,
    ...(thresholds === null || thresholds.forMs === 0 ? {} : { forSeconds: thresholds.forMs / 1000 }),
    state,
  });
  if (rule === null) return [stateOf({}, null, { ...rules[name], runsToClear: 1, forMs: 0 }, "off")];
  const judged = observations.filter((observation) => isTargetOf(rule, observation));
  const seen = judged.flatMap((observation) => {
    const thresholds = rule.thresholdsFor(observation.labels, observation.value);
    // Most numbers of the owner's have no limit.
    if (thresholds === null && rule.hasOwnLimits === true) return [];
    const known = assessment.states[stateKey(name, observation)];
    const state = thresholds === null ? "off" : (known?.severity ?? "ok");
    return stateOf(observation.labels, observation.value, thresholds, state);
  });
  const unseen = assessment.alerts
    .filter(({ rule: other, lastSeenMs }) => other === name && lastSeenMs !== null)
    .map(({ labels, severity }) => stateOf(labels, null, rule.thresholdsFor(labels), severity));
  const all = [...seen, ...unseen];
  if (all.length > 0) return all;
  const looked = observations.some(({ name: observed }) => observed === rule.presentIf);
  return [stateOf({}, null, rule.thresholdsFor({}), looked ? "ok" : "no data")];
}

function lineOf(
  { rule, labels, target, value, warning, critical, forSeconds, state }: RuleState,
  words: Words,
  forms: CheckWords["rules"],
): string {
  const { notation } = rules[rule];
  // A free share is shown as the used share, as on the card.
  const number = (amount: number) => formatValue(amount, rule, labels, words);
  const isYesOrNo = notation === "state";
  const lines = (["warning", "critical"] as const).flatMap((severity) => {
    const threshold = severity === "warning" ? warning : critical;
    const name = words.alert.severity[severity];
    if (threshold === null) return [];
    if (isYesOrNo) return [threshold.runs === 1 ? forms.atOnce(name) : forms.after(name, threshold.runs)];
    const runs = [
      ...(threshold.runs === 1 ? [] : [forms.runs(threshold.runs)]),
      ...(forSeconds === undefined ? [] : [forms.lasting(forSeconds)]),
    ].join("");
    const level = threshold.from === undefined ? "" : forms.from(threshold.from);
    return [`${name} ${number(threshold.raise)} → ${number(threshold.clear)}${level}${runs}`];
  });
  const subject = [rule, printable(target)].filter(Boolean).join(" ");
  const unseen = state === "warning" || state === "critical" ? `${forms.notSeen}; ` : "";
  const now = value === null ? unseen : isYesOrNo ? "" : `${forms.now(number(value))}; `;
  return `${padTo(forms.state[state], Math.max(...Object.values(forms.state).map((one) => Bun.stringWidth(one))), Bun)}  ${subject}: ${now}${lines.join("; ")}\n`;
}
