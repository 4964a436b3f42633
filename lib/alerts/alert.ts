import type { ObservationName } from "../metrics/index.ts";
import type { Labels } from "../model/observation.ts";
import type { Rule, Severity } from "../model/rule.ts";
import type { Thresholds } from "./judge.ts";
import type { RuleName } from "./rules.ts";

/** One thing that is beyond its threshold now. */
export interface Alert {
  readonly rule: RuleName;
  /** Key of the observation that is beyond the threshold. */
  readonly key: string;
  readonly labels: Labels;
  readonly severity: Severity;
  readonly value: number;
  /** Since when it is raised, milliseconds since the epoch; null while it has not lasted long enough to be announced. */
  readonly sinceMs: number | null;
  /** It is beyond the clear threshold now, but not for long enough to be over. */
  readonly easing: boolean;
  /** When it was last observed, if in an earlier run: it holds until a look shows that it is over. */
  readonly lastSeenMs: number | null;
  /** It is muted, until a time or until it is over; not there when it is not. */
  readonly mute?: Mute;
}

/** A mute and its end. Times in milliseconds since the epoch. */
export interface Mute {
  /** A rule and its target as `check --rules` has them, a target alone for all its rules, or `*` for everything. */
  readonly target: string;
  readonly sinceMs: number;
  /** Null: until the incident is over. */
  readonly untilMs: number | null;
  readonly why: string | null;
}

/** Something to announce: what a target was last said to be (for a recovery: the worst of that), and what it is now. */
export interface Transition {
  readonly kind: "raised" | "worse" | "better" | "recovered" | "reminder" | "flapping" | "longer";
  readonly rule: RuleName;
  readonly labels: Labels;
  readonly from: Severity | null;
  readonly to: Severity | null;
  readonly value: number;
  /** The worst value of an incident that is over. */
  readonly peak?: number;
  /** It was there before an update brought the rule. */
  readonly byUpdate?: true;
  /** It went back and forth before this. */
  readonly onAndOff?: boolean;
  /** It was there before in the last week: how often, this time among them, and how long it usually took. */
  readonly again?: { readonly count: number; readonly usualMs: number; readonly expectedMs: number };
  /** The crossed threshold, in the value's notation; null for a recovery, and when the words have a reason. */
  readonly threshold: number | null;
  /** It is the threshold at which it is over: the value is not beyond the other one any more. */
  readonly isOverThere?: boolean;
  /** After a reminder: when the next one comes. */
  readonly nextReminderMs?: number;
  /** Begin, and end or last sight of the incident; milliseconds since the epoch. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** A rule with what the settings made of it. */
export interface ActiveRule extends Rule<ObservationName> {
  /** For a value, where they depend on it: a range has two edges. */
  readonly thresholdsFor: (labels: Labels, value?: number) => Thresholds | null;
}

/** Intervals of reminders, milliseconds; 0 for none. */
export type Reminders = Readonly<Record<Severity, number>>;
