import type { Probe } from "../../lib/model/probe.ts";
import { decide } from "../../lib/settings/decide.ts";

/** A probe as the settings make it; its name is `x` if it has no other. Throws what is wrong. */
export function probeOf(settings: Readonly<Record<string, unknown>>): Probe {
  const decided = decide([{ values: { probe: [{ name: "x", ...settings }] }, nameOf: (setting) => setting }]);
  const [probe] = decided.ok ? decided.value.probes : [];
  if (probe === undefined) throw new Error(decided.ok ? "no probe" : decided.problems.join("\n"));
  return probe;
}
