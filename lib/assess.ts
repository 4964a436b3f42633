import { percentUp } from "./format.ts";
import { type Observation, observationKey } from "./metric.ts";
import type { Rule, Severity } from "./rules.ts";

/** One thing that is beyond its line now. */
export interface Alert {
  /** Key of the observation that is beyond the line. */
  readonly key: string;
  readonly severity: Severity;
  /** `disk / 96 %` */
  readonly summary: string;
  /** How far beyond, for ordering: 0 on the warning line, 1 on the critical one. */
  readonly excess: number;
}

/** Holds observations against rules; the worst first. */
export function assess(observations: readonly Observation[], rules: readonly Rule[]): readonly Alert[] {
  return rules
    .flatMap((rule) =>
      observations
        .filter(({ name }) => name === rule.observation)
        .flatMap((observation) => judge(observation, rule) ?? []),
    )
    .toSorted((one, other) => other.excess - one.excess);
}

function judge(observation: Observation, rule: Rule): Alert | null {
  // In units of the distance between the two lines, so that rules can be ranked against each other.
  const excess = (observation.value - rule.warning) / (rule.critical - rule.warning);
  if (!(excess >= 0)) return null;
  const shown = rule.show === "complement" ? 100 - observation.value : observation.value;
  const subject = rule.subject.replace(/\{(\w+)\}/g, (_, label: string) => observation.labels[label] ?? "");
  return {
    key: observationKey(observation),
    severity: excess >= 1 ? "critical" : "warning",
    summary: `${subject} ${percentUp(shown)}`,
    excess,
  };
}
