import * as v from "valibot";

import { dayMs } from "../clock.ts";
import type { Words } from "../words/en.ts";
import type { Transition } from "./alert.ts";
import { ruleNames, rules } from "./rules.ts";
import { type AlertStates, stateKey } from "./state.ts";
import { summarize } from "./text.ts";

/** One announced incident, from begin to end, for charts and digests. */
const Incident = v.intersect([
  v.object({
    /** Key of its alert state. */
    target: v.string(),
    fromMs: v.number(),
    /** Null while it lasts. */
    toMs: v.nullable(v.number()),
    /** The worst of it, and below what it was then. */
    severity: v.picklist(["warning", "critical"]),
  }),
  v.union([
    v.object({ rule: v.picklist(ruleNames), labels: v.record(v.string(), v.string()), value: v.number() }),
    // Version 0.1.0 kept the English text: `disk / 96 % full`.
    v.object({ text: v.string() }),
  ]),
]);
export type Incident = Readonly<v.InferOutput<typeof Incident>>;

/** The stored incidents; one in another version's form is dropped alone. */
export const Incidents = v.pipe(
  v.array(v.unknown()),
  v.transform((all): readonly Incident[] => all.filter((one) => v.is(Incident, one))),
);

/** The worst of an incident, in words: `disk / 96 % full`. */
export function incidentText(incident: Incident, words: Words): string {
  return "text" in incident ? incident.text : summarize(incident, words);
}

/** More than anyone reads in a week; the oldest are dropped. */
const incidentsKept = 200;
/** The weekly review tells seven days, and the morning on which it is told. */
const keptMs = 8 * dayMs;

/**
 * The incidents of the last week, in the order in which they began, with what a run has to announce. What ended without a
 * word is over, too; what is not in the alert states any more is forgotten.
 */
export function followIncidents(
  known: readonly Incident[],
  transitions: readonly Transition[],
  states: AlertStates,
  nowMs: number,
): readonly Incident[] {
  const isKept = ({ target, toMs }: Incident) =>
    toMs === null ? (states[target]?.said ?? null) !== null : toMs > nowMs - keptMs && toMs <= nowMs + dayMs;
  const incidents = [...known];
  const open = new Map(known.flatMap(({ target, toMs }, index) => (toMs === null ? [[target, index] as const] : [])));
  for (const transition of transitions) {
    const { rule, labels, value, kind, to, from, sinceMs, untilMs } = transition;
    const target = stateKey(rule, { name: rules[rule].observation, labels });
    const index = open.get(target) ?? incidents.length;
    const severity = to ?? from ?? "warning";
    const before = incidents[index] ?? { target, fromMs: sinceMs, toMs: null, severity, rule, labels, value };
    const isWorse = before.severity === "warning" && severity === "critical";
    const now = isWorse ? { target, fromMs: before.fromMs, toMs: null, severity, rule, labels, value } : before;
    const toMs = kind === "recovered" ? untilMs : null;
    incidents[index] = { ...now, toMs };
    if (toMs === null) open.set(target, index);
    else open.delete(target);
  }
  const ended = incidents.map((one) => {
    const state = states[one.target];
    const isOver = one.toMs === null && state?.severity === null && state.said === null;
    return isOver ? endedAt(one, Math.max(one.fromMs, state.endedMs)) : one;
  });
  return ended.filter(isKept).slice(-incidentsKept);
}

const endedAt = (incident: Incident, toMs: number): Incident => ({ ...incident, toMs });
