import { definitions, type KnownObservation } from "../../lib/metrics/index.ts";
import type { Observation } from "../../lib/model/observation.ts";

const isKnown = (one: Observation): one is KnownObservation => definitions.has(one.name);

/** Observations that some metric makes; a test that misspells a name fails. */
export function known(all: readonly Observation[]): readonly KnownObservation[] {
  const unknown = all.find((one) => !isKnown(one));
  if (unknown !== undefined) throw new Error(`no metric makes ${unknown.name}`);
  return all.filter(isKnown);
}
