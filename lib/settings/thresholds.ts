import type { Thresholds } from "../alerts/judge.ts";
import { minuteMs } from "../clock.ts";
import type { Rule, Threshold } from "../model/rule.ts";

/** Reports in a row on the good side before something counts as over; coming back must be as sure as going wrong. */
export const runsToClear = 2;

/** What the settings may say of the thresholds of a rule, or of one target. */
export interface ThresholdSettings {
  readonly warning?: number | undefined;
  readonly warning_clear?: number | undefined;
  readonly warning_runs?: number | undefined;
  readonly warning_used?: number | undefined;
  readonly critical?: number | undefined;
  readonly critical_clear?: number | undefined;
  readonly critical_runs?: number | undefined;
  readonly critical_used?: number | undefined;
  readonly clear_runs?: number | undefined;
  /** Milliseconds. */
  readonly for?: number | undefined;
}

/** A clear threshold that is not set keeps its distance from the threshold that is. */
export function thresholdsWith(
  { warning, critical, forMinutes = 0, notation }: Rule,
  own: ThresholdSettings,
): Thresholds {
  // Judged is what is free; told and set is what is used.
  const judged = (value: number | undefined) =>
    value === undefined || notation !== "percentFree" ? value : 100 - value;
  const pattern = warning ?? critical;
  return {
    warning: thresholdWith(warning, pattern, {
      raise: judged(own.warning),
      clear: judged(own.warning_clear),
      runs: own.warning_runs,
      from: own.warning_used,
    }),
    critical: thresholdWith(critical, pattern, {
      raise: judged(own.critical),
      clear: judged(own.critical_clear),
      runs: own.critical_runs,
      from: own.critical_used,
    }),
    runsToClear: own.clear_runs ?? runsToClear,
    forMs: own.for ?? forMinutes * minuteMs,
  };
}

function thresholdWith(
  known: Threshold | null,
  pattern: Threshold | null,
  own: { readonly [Part in Exclude<keyof Threshold, "isOpen">]-?: Threshold[Part] | undefined },
): Threshold | null {
  const raise = own.raise ?? known?.raise;
  if (raise === undefined) return null;
  const like = known ?? pattern;
  const gap = like === null ? 0 : like.clear - like.raise;
  const from = own.from ?? like?.from;
  const threshold = { raise, clear: own.clear ?? raise + gap, runs: own.runs ?? like?.runs ?? 1 };
  const isOpen = like?.isOpen === true ? { isOpen: true as const } : {};
  return from === undefined ? { ...threshold, ...isOpen } : { ...threshold, from };
}
