import type { Lines } from "../alerts/judge.ts";
import { type RuleName, ruleNames, rules } from "../alerts/rules.ts";
import { stateKey } from "../alerts/state.ts";
import { tell } from "../alerts/text.ts";
import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import { measure, type Measurement } from "../measure/measure.ts";
import { isTargetOf, type Line, targetName } from "../model/rule.ts";
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
  readonly warning: Line | null;
  readonly critical: Line | null;
  /** `ok`, `warning`, `critical`, `off`, or `no data`. */
  readonly state: string;
}

/** Prints each rule with its lines, the present value and the state that is remembered. Changes nothing. */
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
  const stateOf = (target: string, value: number | null, lines: Lines | null, state: string): RuleState => ({
    rule: name,
    target,
    value,
    warning: lines?.warning ?? null,
    critical: lines?.critical ?? null,
    state,
  });
  if (rule === null) return [stateOf("", null, { ...rules[name], runsToClear: 1 }, "off")];
  const judged = observations.filter((observation) => isTargetOf(rule, observation));
  const seen = judged.map((observation) => {
    const lines = rule.linesFor(observation.labels);
    const known = assessment.states[stateKey(name, observation)];
    const target = targetName(rule, observation.labels);
    const state = lines === null ? "off" : (known?.severity ?? "ok");
    return stateOf(target, observation.value, lines, state);
  });
  const unseen = assessment.alerts
    .filter(({ rule: other, lastSeenMs }) => other === name && lastSeenMs !== null)
    .map(({ labels, severity }) => stateOf(targetName(rule, labels), null, rule.linesFor(labels), severity));
  const all = [...seen, ...unseen];
  if (all.length > 0) return all;
  const looked = observations.some(({ name: observed }) => observed === rule.countedBy);
  return [stateOf("", null, rule.linesFor({}), looked ? "ok" : "no data")];
}

function lineOf({ rule, target, value, warning, critical, state }: RuleState): string {
  const { told } = rules[rule];
  // A free share is told as what is used, so that it agrees with the card.
  const number = (amount: number) => tell(amount, told, en);
  const isYesOrNo = told === "state";
  const lines = (["warning", "critical"] as const).flatMap((severity) => {
    const line = severity === "warning" ? warning : critical;
    if (line === null) return [];
    if (isYesOrNo) return [`${severity} ${line.runs === 1 ? "at once" : `after ${line.runs} runs`}`];
    const runs = line.runs === 1 ? "" : `, ${line.runs} runs`;
    const level = line.from === undefined ? "" : ` from ${line.from} % used on`;
    return [`${severity} ${number(line.raise)} → ${number(line.clear)}${level}${runs}`];
  });
  const subject = [rule, printable(target)].filter(Boolean).join(" ");
  const unseen = state === "warning" || state === "critical" ? "not seen now; " : "";
  const now = value === null || isYesOrNo ? unseen : `now ${number(value)}; `;
  return `${state.padEnd(8)}  ${subject}: ${now}${lines.join("; ")}\n`;
}
