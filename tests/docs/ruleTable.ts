import { type RuleName, ruleNames, rules } from "../../lib/alerts/rules.ts";
import { definitions } from "../../lib/metrics/index.ts";
import type { Labels, Unit } from "../../lib/model/observation.ts";
import { type Threshold, type Rule, shownAs, toldAs } from "../../lib/model/rule.ts";
import { en } from "../../lib/words/en.ts";
import type { RuleWords } from "../../lib/words/en/rules.ts";
import { code, type Table, table } from "./table.ts";

/** Every rule with its lines, in the numbers that the settings take. */
export function ruleTable(): Table {
  const head = ["rule", "judges", "says", "warning: raise → clear", "critical: raise → clear", "conditions"];
  return table(head, ruleNames.map(rowOf));
}

function rowOf(name: RuleName): readonly string[] {
  const rule: Rule = rules[name];
  const lines = [rule.warning, rule.critical].map((threshold) => (threshold === null ? "" : lineCell(rule, threshold)));
  return [
    code(name),
    code(rule.notation === "percentFree" ? shownAs(rule) : rule.observation),
    code(en.rules[name].bad(placeholders, "{value}")),
    ...lines,
    conditions(rule, en.rules[name]).join("; "),
  ];
}

/** Every label is its own name in braces. */
const placeholders: Labels = new Proxy({}, { get: (_, label) => `{${String(label)}}` });

function lineCell(rule: Rule, { raise, clear, runs, from }: Threshold): string {
  const { notation, observation, forMinutes, isForecast = false } = rule;
  const counted = runs === 1 ? "at once" : `after ${runs} reports`;
  const patience = forMinutes === undefined ? counted : `after ${forMinutes} min`;
  if (notation === "state") return patience;
  const level = from === undefined ? "" : `, while at least ${from} % is used`;
  return `${toldAs(rule, raise)} → ${toldAs(rule, clear)}${unitOf(observation)}${level}${isForecast ? "" : `, ${patience}`}`;
}

function unitOf(observation: string): string {
  const { unit } = definitions.get(observation) ?? {};
  const sign = unit === undefined ? undefined : signs[unit];
  return sign === undefined ? "" : ` ${sign}`;
}

const signs: Readonly<Partial<Record<Unit, string>>> = {
  celsius: "°C",
  days: "days",
  hours: "h",
  percent: "%",
  seconds: "s",
};

function conditions(rule: Rule, { reason }: RuleWords): readonly string[] {
  const {
    where,
    isForecast = false,
    unless,
    whileBelow,
    coresAtLeast,
    onlyWhenItBecomes,
    configuredIn,
    hasOwnLimits,
    inhibitedBy,
  } = rule;
  return [
    ...(reason === undefined ? [] : [`also with ${reason}`]),
    ...(where?.["window"] === "report" ? ["average since the last report"] : []),
    ...(unless === undefined ? [] : [`not while ${code(unless)} is 1`]),
    ...(whileBelow === undefined ? [] : [`only with ${code(whileBelow.name)} below ${whileBelow.number}`]),
    ...(isForecast ? ["after a quarter of its own length, or while the disk is in warning"] : []),
    ...(coresAtLeast === undefined ? [] : [`only with ${coresAtLeast} cores or more`]),
    ...(onlyWhenItBecomes ? ["only if it was well before"] : []),
    ...(configuredIn === undefined
      ? []
      : [configuredIn === "traffic" ? `with ${code("[traffic]")}` : `for each ${code(`[[${tables[configuredIn]}]]`)}`]),
    ...(hasOwnLimits === true ? ["beyond its own `warning` or `critical`, after 2 reports"] : []),
    ...(inhibitedBy === undefined ? [] : [`inhibited by ${inhibitedBy.map(code).join(", ")}`]),
  ];
}

const tables: Readonly<Record<Exclude<NonNullable<Rule["configuredIn"]>, "traffic">, string>> = {
  services: "service",
  http: "http",
  tcp: "tcp",
  probes: "probe",
};
