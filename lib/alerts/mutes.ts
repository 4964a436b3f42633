import * as v from "valibot";

import { printable } from "../format.ts";
import { type Labels, labelsOf } from "../model/observation.ts";
import { isTargetOf, type Severity, targetName } from "../model/rule.ts";
import type { Alert, Mute, Transition } from "./alert.ts";
import { eventKinds } from "./events.ts";
import { type RuleName, ruleNames, rules } from "./rules.ts";
import type { AlertStates } from "./state.ts";

/** In place of a target: everything is muted. */
export const everything = "*";

/** A rule on a target as a person types it: `storage_used /mnt/media`, `memory`. */
export function mutedAs(rule: RuleName, labels: Labels): string {
  return [rule, printable(targetName(rules[rule], labels))].filter(Boolean).join(" ");
}

/** Whether a mute is about a rule on a target. */
function covers({ target }: Mute, rule: RuleName, labels: Labels): boolean {
  const own = printable(targetName(rules[rule], labels));
  return target === everything || target === mutedAs(rule, labels) || (own !== "" && target === own);
}

const isOver = ({ untilMs }: Mute, nowMs: number) => untilMs !== null && untilMs <= nowMs;

/** The mutes and quiet hours that hold back announcements. */
export interface Silence {
  readonly mutes: readonly Mute[];
  /** It is the time of day in which only what is critical is announced. */
  readonly isQuiet: boolean;
  readonly nowMs: number;
}

/** Everything is announced. */
export const noSilence: Silence = { mutes: [], isQuiet: false, nowMs: 0 };

/** The mute that a rule on a target has now; null for none. */
export function muteOf({ mutes, nowMs }: Silence, rule: RuleName, labels: Labels): Mute | null {
  return mutes.find((mute) => !isOver(mute, nowMs) && covers(mute, rule, labels)) ?? null;
}

/** Whether a change of a target to this severity is held back. A target that is muted until it is over still announces its end. */
export function isSilenced(silence: Silence, rule: RuleName, labels: Labels, to: Severity | null): boolean {
  if (silence.isQuiet && to !== "critical") return true;
  const mute = muteOf(silence, rule, labels);
  return mute !== null && (mute.untilMs !== null || to !== null);
}

/** Whether news of no target, such as a reboot, is kept quiet. */
export function isEventSilenced({ mutes, isQuiet, nowMs }: Silence, severity: Severity | "notice"): boolean {
  return (
    (isQuiet && severity !== "critical") || mutes.some((mute) => mute.target === everything && !isOver(mute, nowMs))
  );
}

/** Whether nothing at all, or only what is critical, is announced now. */
export const isSilent = (silence: Silence): boolean => isEventSilenced(silence, "notice");

/** The rule and the labels of the key of a state; null for a rule that is not known any more. */
export function targetOfKey(key: string): { readonly rule: RuleName; readonly labels: Labels } | null {
  const rule = ruleNames.find((name) => key.startsWith(`${name} `));
  if (rule === undefined) return null;
  const labels = labelsOf(key);
  return isTargetOf(rules[rule], { name: rules[rule].observation, labels }) ? { rule, labels } : null;
}

/** The mutes that have ended: by time, or because nothing that they are about is wrong any more. */
export function endedMutes({ mutes, nowMs }: Silence, states: AlertStates, alerts: readonly Alert[]): readonly Mute[] {
  const bad = [
    ...alerts,
    ...Object.entries(states).flatMap(([key, { severity }]) => {
      const target = severity === null ? null : targetOfKey(key);
      return target === null ? [] : [target];
    }),
  ];
  const isWell = (mute: Mute) => !bad.some(({ rule, labels }) => covers(mute, rule, labels));
  return mutes.filter((mute) => (mute.untilMs === null ? isWell(mute) : isOver(mute, nowMs)));
}

/** What began and ended unannounced: an incident with its last value, or an event. */
export const Held = v.union([
  v.object({ rule: v.picklist(ruleNames), labels: v.record(v.string(), v.string()), value: v.number() }),
  v.object({ event: v.picklist(eventKinds) }),
]);
export type Held = Readonly<v.InferOutput<typeof Held>>;

/** Incidents that ended in this run without an announcement. */
export function endedUntold(
  before: AlertStates,
  after: AlertStates,
  transitions: readonly Transition[],
): readonly Held[] {
  const told = new Set(transitions.map(({ rule, labels }) => mutedAs(rule, labels)));
  return Object.entries(after).flatMap(([key, { severity, said, last }]) => {
    const target =
      severity === null && said === null && (before[key]?.severity ?? null) !== null ? targetOfKey(key) : null;
    if (target === null || told.has(mutedAs(target.rule, target.labels))) return [];
    return [{ ...target, value: last?.value ?? 0 }];
  });
}

/** More than a reader wants to see of what is over. */
const heldKept = 20;

/** Adds this run's incidents to those that began and ended unannounced; each once, as it was last. */
export function addHeld(held: readonly Held[], more: readonly Held[]): readonly Held[] {
  const nameOf = (one: Held) => ("event" in one ? one.event : mutedAs(one.rule, one.labels));
  return [...new Map([...held, ...more].map((one) => [nameOf(one), one])).values()].slice(-heldKept);
}
