import * as v from "valibot";

import { dayMs } from "../clock.ts";
import type { Transition } from "./alert.ts";
import { rules } from "./rules.ts";
import { type AlertStates, stateKey } from "./state.ts";
import { summarize } from "./text.ts";

/** One trouble that was announced, from its beginning to its end; what charts and the daily digest tell. */
export const Trouble = v.object({
  /** Key of its alert state. */
  target: v.string(),
  fromMs: v.number(),
  /** Null while it lasts. */
  toMs: v.nullable(v.number()),
  /** The worst of it, and what it was then: `disk / 96 % full`. */
  severity: v.picklist(["warning", "critical"]),
  text: v.string(),
});
export type Trouble = v.InferOutput<typeof Trouble>;

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
    const { rule, labels, kind, to, from, sinceMs, untilMs } = transition;
    const target = stateKey(rule, { name: rules[rule].observation, labels });
    const index = troubles.findIndex((one) => one.target === target && one.toMs === null);
    const severity = to ?? from ?? "warning";
    const fresh = { target, fromMs: sinceMs, toMs: null, severity, text: summarize(transition) };
    const before = troubles[index] ?? fresh;
    const isWorse = before.severity === "warning" && severity === "critical";
    const now = isWorse ? { ...before, severity, text: fresh.text } : before;
    troubles.splice(index === -1 ? troubles.length : index, 1, { ...now, toMs: kind === "recovered" ? untilMs : null });
  }
  return troubles.filter(isKept).slice(-troublesKept);
}
