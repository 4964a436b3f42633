import type { Labels, Observation } from "./observation.ts";

/** The severity of an alert. */
export type Severity = "warning" | "critical";

/** The values that raise and clear an alert, and for how many reports in a row. */
export interface Threshold {
  readonly raise: number;
  readonly clear: number;
  readonly runs: number;
  /** It is crossed only while the rule's level is at least so high. */
  readonly from?: number;
  /** A value on it is still on the good side. */
  readonly isOpen?: true;
}

/** A threshold, for the table. */
export const threshold = (raise: number, clear: number, runs: number): Threshold => ({ raise, clear, runs });

/** A rule on one observation. Bad lies above the thresholds, or below them when `clear` is the higher one. */
export interface Rule<Name extends string = string> {
  /** The observation's name; each set of its labels is one target. */
  readonly observation: Name;
  /** Labels that it must have: a rate over half a second is not judged. */
  readonly where?: Labels;
  /** The notation of the shown number. */
  readonly notation: Notation;
  /** The observation that is shown, when it is not the one that is judged. */
  readonly displayAs?: Name;
  /** The words give a reason instead of the threshold when the shown number is not the judged one. */
  readonly hasReason?: boolean;
  readonly warning: Threshold | null;
  readonly critical: Threshold | null;
  /** How many minutes it must last: what changes by the minute is no news after two looks in a row. */
  readonly forMinutes?: number;
  /** A forecast, in hours: it must have held for a quarter of its own length, or another rule must say that it is bad. */
  readonly isForecast?: boolean;
  /** Not judged where this observation of the same target is 1, unless it was bad before that. */
  readonly unless?: Name;
  /** Bad only while another observation of the same target is below a number. */
  readonly whileBelow?: { readonly name: Name; readonly number: number };
  /** The observation of the same target that must be high as well. */
  readonly level?: Name;
  /** Judged only on machines with at least this many cores. */
  readonly coresAtLeast?: number;
  /** Says nothing while one of these rules is raised for the same target and as bad, because it would say the same. */
  readonly inhibitedBy?: readonly string[];
  /** A target that is bad at first sight is meant to be so: only a change is news. */
  readonly onlyWhenItBecomes?: boolean;
  /** Not shown before it has lasted long enough to be raised: the report says it in other words until then. */
  readonly onlyWhenRaised?: boolean;
  /** Where its metric was read, a target that is not there is gone for good, and not only not mounted. */
  readonly absentMeansGone?: boolean;
  /** Only bad targets are observed. This one is there whenever they were looked for: then a target that is not is well. */
  readonly presentIf?: Name;
  /** The settings' list that names its targets; a target that left the list is dropped. */
  readonly configuredIn?: "services" | "http" | "tcp" | "probes" | "traffic";
  /** Each target has thresholds of its own, which the settings of its probe say. */
  readonly hasOwnLimits?: boolean;
}

/** Whether a rule judges an observation. */
export function isTargetOf({ observation, where = {} }: Rule, { name, labels }: Omit<Observation, "value">): boolean {
  return name === observation && Object.entries(where).every(([label, text]) => labels[label] === text);
}

/** The labels that distinguish a rule's targets, as text; labels that all of them share, and units, are left out. */
export function targetName({ where = {} }: Rule, labels: Labels): string {
  const own = Object.entries(labels).filter(([label]) => where[label] === undefined && label !== "uom");
  return own.map(([, value]) => value).join(" ");
}

/** The observation that people read: for available memory, the used one. */
export function shownAs({ observation, displayAs, notation }: Rule): string {
  return notation === "percentFree" ? observation.replace("_available_", "_used_") : (displayAs ?? observation);
}

/** A number that is judged as people read it and set it: for a free share, the used one. */
export const toldAs = ({ notation }: Rule, value: number): number => (notation === "percentFree" ? 100 - value : value);

/** The notation of a number: `percentUp` rounds as `df` does, `percentFree` shows the used share, `state` shows none. */
export type Notation =
  | "percent"
  | "percentUp"
  | "percentFree"
  | "hours"
  | "days"
  | "celsius"
  | "ratio"
  | "seconds"
  | "count"
  | "state"
  /** In the unit that the label `uom` names. */
  | "own";
