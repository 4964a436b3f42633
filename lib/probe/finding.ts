import type { Limits, Probe, ProbeAnswer, ProbeFinding, ProbeNumber, ProbeProblem } from "../model/probe.ts";
import { limitAt, scaled, stateOf } from "./limit.ts";
import { parsePlugin } from "./plugin.ts";
import { bareNumber, type Taken, takeFrom } from "./take.ts";

const longestText = 200;
const hasLimits = ({ warning, critical }: Limits) => warning !== null || critical !== null;

/** The finding of a probe that has no answer: what was known of its state holds. */
function unknown({ name }: Probe, problem: ProbeProblem, text = ""): ProbeFinding {
  return { probe: name, state: null, text: clip(text), problem, numbers: [] };
}

const clip = (text: string) => Array.from(text).slice(0, longestText).join("").toWellFormed();

/** What an answer means: state, words, numbers with their limits. Pure. */
export function findingOf(probe: Probe, answer: ProbeAnswer): ProbeFinding {
  switch (answer.kind) {
    case "nothing":
      return answer.problem.code === "noFile" ? missing(probe, answer.problem) : unknown(probe, answer.problem);
    case "program":
      return ofProgram(probe, answer);
    case "page":
      return ofNumber(probe, takeFrom(answer.text, probe.take));
    case "certificate":
      return ofCertificate(probe, answer);
    case "file": {
      const { name, ageSeconds, bytes, text } = answer;
      if (text !== null) return ofNumber(probe, takeFrom(text, probe.take === "number" ? null : probe.take));
      const isSize = probe.take === "size";
      const [value, uom] = isSize ? ([bytes, "bytes"] as const) : ([ageSeconds, "seconds"] as const);
      return { ...well(probe, [{ label: null, value, uom, ...probe.limits }]), text: clip(name) };
    }
  }
}

const well = ({ name }: Probe, numbers: readonly ProbeNumber[]): ProbeFinding => ({
  probe: name,
  state: 0,
  text: "",
  problem: null,
  numbers: [...numbers],
});

function ofNumber(probe: Probe, taken: Taken): ProbeFinding {
  if (!taken.ok && taken.text !== undefined && !hasLimits(probe.limits)) {
    // A word that nothing judges, such as a version.
    return { ...well(probe, []), text: clip(taken.text) };
  }
  if (!taken.ok) return unknown(probe, taken.problem);
  const { uom, factor } = probe.unit ?? { uom: null, factor: 1 };
  return well(probe, [{ label: null, value: taken.value * factor, uom, ...probe.limits }]);
}

/** No backup is worse than an old one, and no certificate worse than one that ends soon. */
function missing(probe: Probe, problem: ProbeProblem): ProbeFinding {
  const { warning, critical } = probe.limits;
  const isByDefault = probe.take === "expiry" && !hasLimits(probe.limits);
  const state = critical !== null || isByDefault ? 2 : warning === null ? null : 1;
  return { ...unknown(probe, problem), state };
}

/** Days for a certificate of a year; what lives for less is renewed when a third of its life is left. */
const usualDays = { warning: 14, critical: 3 };

function ofCertificate(probe: Probe, { name, daysLeft, lifeDays }: ProbeAnswer & { kind: "certificate" }) {
  const share = Math.min(1, Math.max(0, lifeDays) / 3 / usualDays.warning);
  const usual = (days: number) => limitAt(days * share, true);
  const isOwn = hasLimits(probe.limits);
  const limits = isOwn ? probe.limits : { warning: usual(usualDays.warning), critical: usual(usualDays.critical) };
  const number: ProbeNumber = { label: null, value: daysLeft, uom: "days", ...limits };
  // Limits of the settings have a rule of their own.
  return { ...well(probe, [number]), state: isOwn ? 0 : stateOf(number), text: clip(name) };
}

/** Exit status 0, 1, 2 are well, warning, critical; 3 and all others are not known. */
function ofProgram(probe: Probe, { status, output, errors }: ProbeAnswer & { kind: "program" }): ProbeFinding {
  const { text, numbers } = parsePlugin(output);
  const [complaint = ""] = errors.trim().split("\n");
  if (status !== 0 && status !== 1 && status !== 2) {
    return unknown(probe, status === 3 ? { code: "unknown" } : { code: "ended", status }, text || complaint);
  }
  const found: ProbeFinding = { ...well(probe, []), state: status, text: clip(text || complaint) };
  const isNumber = numbers.length === 0 && probe.take === null && bareNumber(output).ok;
  if (isNumber) return { ...ofNumber(probe, bareNumber(output)), state: status };
  // Of one that is well its limits say nothing: some plugins write those of what is free behind what is used.
  const told = status === 0 ? numbers.map((one) => ({ ...one, warning: null, critical: null })) : numbers;
  const taken = probe.take === null ? told : told.filter(({ label }) => label === probe.take);
  const [first, ...rest] = taken.map((one) => (one.uom === null ? withUnit(one, probe) : one));
  if (first !== undefined) {
    return { ...found, numbers: [hasLimits(probe.limits) ? { ...first, ...probe.limits } : first, ...rest] };
  }
  // A program that is bad says so itself; one that is well and has not the number that is judged says nothing.
  const isMissed = status === 0 && (probe.take !== null || hasLimits(probe.limits));
  return isMissed ? ofNumber(probe, takeFrom(output, probe.take)) : found;
}

function withUnit(number: ProbeNumber, { unit }: Probe): ProbeNumber {
  if (unit === null) return number;
  const { uom, factor } = unit;
  const [warning, critical] = [scaled(number.warning, factor), scaled(number.critical, factor)];
  return { ...number, value: number.value * factor, uom, warning, critical };
}
