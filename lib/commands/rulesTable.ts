import { activeRule } from "../alertSettings.ts";
import { tell } from "../alertText.ts";
import type { Flags } from "../cli.ts";
import type { Config } from "../config.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import type { Lines } from "../judge.ts";
import { measure, type Measurement } from "../measure.ts";
import { type Observation, observationKey } from "../metric.ts";
import type { Line } from "../rule.ts";
import { type RuleName, ruleNames, rules } from "../rules.ts";
import type { World } from "../world.ts";
import { withPast } from "./withPast.ts";

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
  const { warning, critical } = rules[name];
  if (rule === null) return [{ rule: name, target: "", value: null, warning, critical, state: "off" }];
  const isTarget = ({ name: observed, labels }: Observation) =>
    observed === rule.observation &&
    Object.entries(rule.where ?? {}).every(([label, value]) => labels[label] === value);
  const targets = observations.filter(isTarget);
  if (targets.length === 0) {
    return [{ rule: name, target: "", value: null, ...(rule.linesFor({}) ?? noLines), state: "no data" }];
  }
  return targets.map((observation) => {
    const lines = rule.linesFor(observation.labels);
    const known = assessment.states[`${name} ${observationKey(observation)}`];
    const target = Object.entries(observation.labels)
      .filter(([label]) => rule.where?.[label] === undefined)
      .map(([, value]) => value)
      .join(" ");
    const state = lines === null ? "off" : (known?.severity ?? "ok");
    const { warning: toWarning, critical: toCritical } = lines ?? noLines;
    return { rule: name, target, value: observation.value, warning: toWarning, critical: toCritical, state };
  });
}

const noLines: Lines = { warning: null, critical: null, runsToClear: 1 };

function lineOf({ rule, target, value, warning, critical, state }: RuleState): string {
  const { told } = rules[rule];
  // A free share is told as what is used, so that it agrees with the card.
  const number = (amount: number) => tell(amount, told) || String(amount);
  const lines = (["warning", "critical"] as const).flatMap((severity) => {
    const line = severity === "warning" ? warning : critical;
    if (line === null) return [];
    const runs = line.runs === 1 ? "" : `, ${line.runs} runs`;
    return [`${severity} ${number(line.raise)} → ${number(line.clear)}${runs}`];
  });
  const subject = [rule, printable(target)].filter(Boolean).join(" ");
  const now = value === null ? "" : `now ${number(value)}; `;
  return `${state.padEnd(8)}  ${subject}: ${now}${lines.join("; ")}\n`;
}
