import * as v from "valibot";

import type { Alert } from "../alerts/alert.ts";
import type { Incident } from "../alerts/incidents.ts";
import { dayMs, hourMs, slotOf, timeMs } from "../clock.ts";
import type { KnownObservation } from "../metrics/index.ts";

/** What decides whether a chart that is drawn now would look different from one that stands on a card. */
export const Shown = v.object({
  atMs: timeMs,
  /** Its incidents, and what was wrong when it was drawn. */
  wrong: v.string(),
  /** The shares that it has in letters: CPU, memory, the fullest disk. */
  shares: v.array(v.number()),
});
export type Shown = Readonly<v.InferOutput<typeof Shown>>;

interface Measured {
  readonly snapshot: { readonly takenAtMs: number };
  readonly observations: readonly KnownObservation[];
  readonly incidents: readonly Incident[];
  readonly assessment: { readonly alerts: readonly Pick<Alert, "rule" | "key" | "severity">[] };
}

/** What a chart of this run shows. */
export function shownBy({ snapshot, observations, incidents, assessment }: Measured): Shown {
  const nowMs = snapshot.takenAtMs;
  const bars = incidents.filter(({ toMs }) => toMs === null || toMs > nowMs - dayMs);
  const wrong = [
    ...bars.map(({ target, fromMs, toMs, severity }) => [target, fromMs, toMs, severity]),
    ...assessment.alerts.map(({ rule, key, severity }) => [rule, key, severity]),
  ];
  const most = (isWanted: (one: KnownObservation) => boolean) =>
    observations.reduce((least, one) => (isWanted(one) ? Math.max(least, one.value) : least), 0);
  return {
    atMs: nowMs,
    wrong: JSON.stringify(wrong),
    shares: [
      most(({ name, labels }) => name === "cpu_busy_percent" && labels["window"] === "report"),
      most(({ name }) => name === "memory_used_percent"),
      most(({ name }) => name === "storage_used_percent"),
    ],
  };
}

/** Of a day's width as much as the eye sees. */
const stepMs = 2 * hourMs;
/** Points of a hundred between a number on the card and the same in its picture. */
const shareStep = 10;

/** Whether a new chart would look different: about every two hours, and when something begins, ends, or jumps. */
export function looksDifferent(before: Shown, now: Shown): boolean {
  return (
    slotOf(before.atMs, stepMs) !== slotOf(now.atMs, stepMs) ||
    before.wrong !== now.wrong ||
    now.shares.some((share, index) => Math.abs(share - (before.shares[index] ?? Infinity)) >= shareStep)
  );
}
