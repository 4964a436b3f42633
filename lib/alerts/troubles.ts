import * as v from "valibot";

import { dayMs } from "../clock.ts";
import type { Words } from "../words/en.ts";
import type { Transition } from "./alert.ts";
import { ruleNames, rules } from "./rules.ts";
import { type AlertStates, stateKey } from "./state.ts";
import { summarize } from "./text.ts";

/** One trouble that was announced, from its beginning to its end; what charts and the daily digest tell. */
const Trouble = v.intersect([
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
export type Trouble = Readonly<v.InferOutput<typeof Trouble>>;

/** What is remembered of them; one that another version wrote in another form is forgotten, and no other with it. */
export const Troubles = v.pipe(
  v.array(v.unknown()),
  v.transform((all): readonly Trouble[] => all.filter((one) => v.is(Trouble, one))),
);

/** What a trouble was at its worst: `disk / 96 % full`. */
export function troubleText(trouble: Trouble, words: Words): string {
  return "text" in trouble ? trouble.text : summarize(trouble, words);
}

/** More in a day than anybody reads; the oldest go. */
const troublesKept = 200;

/**
 * The troubles of the last day, in the order in which they began, with what a run has to announce. What is not in the
 * alert states any more is over without a word, and forgotten.
 */
export function followTroubles(
  known: readonly Trouble[],
  transitions: readonly Transition[],
  states: AlertStates,
  nowMs: number,
): readonly Trouble[] {
  const isKept = ({ target, toMs }: Trouble) =>
    toMs === null ? (states[target]?.said ?? null) !== null : toMs > nowMs - dayMs && toMs <= nowMs + dayMs;
  const troubles = [...known];
  for (const transition of transitions) {
    const { rule, labels, value, kind, to, from, sinceMs, untilMs } = transition;
    const target = stateKey(rule, { name: rules[rule].observation, labels });
    const index = troubles.findIndex((one) => one.target === target && one.toMs === null);
    const severity = to ?? from ?? "warning";
    const before = troubles[index] ?? { target, fromMs: sinceMs, toMs: null, severity, rule, labels, value };
    const isWorse = before.severity === "warning" && severity === "critical";
    const now = isWorse ? { target, fromMs: before.fromMs, toMs: null, severity, rule, labels, value } : before;
    troubles.splice(index === -1 ? troubles.length : index, 1, { ...now, toMs: kind === "recovered" ? untilMs : null });
  }
  return troubles.filter(isKept).slice(-troublesKept);
}
