import type { Labels, Observation } from "./observation.ts";

/** How bad something is. */
export type Severity = "warning" | "critical";

/** Where something begins to be bad, where it ends, and for how many reports in a row it must be beyond it. */
export interface Threshold {
  readonly raise: number;
  readonly clear: number;
  readonly runs: number;
  /** It is crossed only while the rule's level is at least so high. */
  readonly from?: number;
}

/** A threshold, for the table. */
export const threshold = (raise: number, clear: number, runs: number): Threshold => ({ raise, clear, runs });

/** What is judged, and how. Bad lies above the thresholds, or below them where the clear threshold is the higher one. */
export interface Rule<Name extends string = string> {
  /** The observation's name; each set of its labels is a target of its own. */
  readonly observation: Name;
  /** Labels that it must have: a rate over half a second is not judged. */
  readonly where?: Labels;
  /** How the number is told. */
  readonly notation: Notation;
  /** The observation whose number is told, where it is not the one that is judged. */
  readonly displayAs?: Name;
  /** Its words say why, instead of the threshold, where the number that is told is not the one that is judged. */
  readonly hasReason?: boolean;
  readonly warning: Threshold | null;
  readonly critical: Threshold | null;
  /** The observation of the same target that must be high as well. */
  readonly level?: Name;
  /** Judged only on a machine that has at least so many cores. */
  readonly coresAtLeast?: number;
  /** Says nothing while one of these rules is raised for the same target and as bad, because it would say the same. */
  readonly inhibitedBy?: readonly string[];
  /** A target that was bad when it was first seen is meant to be so: only what becomes bad is news. */
  readonly onlyWhenItBecomes?: boolean;
  /** Only bad targets are observed. This one is there whenever they were looked for: then a target that is not is well. */
  readonly presentIf?: Name;
  /** The settings' list that names its targets; one that is no longer in it is nobody's business. */
  readonly configuredIn?: "services" | "http" | "tcp";
}

/** Whether a rule is about an observation. */
export function isTargetOf({ observation, where = {} }: Rule, { name, labels }: Omit<Observation, "value">): boolean {
  return name === observation && Object.entries(where).every(([label, text]) => labels[label] === text);
}

/** What tells a rule's targets apart, for a person: labels that are the same for all of them do not. */
export function targetName({ where = {} }: Rule, labels: Labels): string {
  const own = Object.entries(labels).filter(([label]) => where[label] === undefined);
  return own.map(([, value]) => value).join(" ");
}

/** The name of the number that a person reads: of available memory, the used one. */
export function shownAs({ observation, displayAs, notation }: Rule): string {
  return notation === "percentFree" ? observation.replace("_available_", "_used_") : (displayAs ?? observation);
}

/** As the card tells it: `percentUp` as `df` does, `percentFree` as what is used; `state` needs no number. */
export type Notation =
  "percent" | "percentUp" | "percentFree" | "hours" | "days" | "celsius" | "ratio" | "seconds" | "state";
