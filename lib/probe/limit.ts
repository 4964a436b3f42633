import type { Labels } from "../model/observation.ts";
import type { Limit, Limits, Probe, ProbeNumber } from "../model/probe.ts";
import type { Threshold } from "../model/rule.ts";

const number = String.raw`-?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?`;
const written = new RegExp(`^(@)?(?:(~|${number})?:)?(${number})?$`);

/**
 * A range of the Monitoring Plugins' guidelines, `[@]start:end`: bad outside of it, or with `@` inside, the edges included.
 * A number alone is `0:number`, no end is infinity, `~` minus infinity. Null for any other text.
 */
export function parseRange(text: string): Limit | null {
  const [whole, at, start, end] = written.exec(text) ?? [];
  if (whole === undefined || (end === undefined && (start === undefined || start === "~"))) return null;
  const limit = {
    start: start === "~" ? null : Number(start ?? 0),
    end: end === undefined ? null : Number(end),
    isInside: at !== undefined,
    isClosed: at !== undefined,
  };
  const isFinite = [limit.start, limit.end].every((edge) => edge === null || Number.isFinite(edge));
  return isFinite && (limit.start ?? -Infinity) <= (limit.end ?? Infinity) ? limit : null;
}

/** Bad from a number on; below it where low is bad. */
export const limitAt = (edge: number, isLowBad: boolean): Limit => ({
  start: isLowBad ? edge : null,
  end: isLowBad ? null : edge,
  isInside: false,
  isClosed: true,
});

/** The same limit of a number in other units. */
export const scaled = (limit: Limit | null, factor: number): Limit | null =>
  limit && {
    ...limit,
    start: limit.start === null ? null : limit.start * factor,
    end: limit.end === null ? null : limit.end * factor,
  };

/** A share of the edge: what is back by a hair comes again. */
const hysteresis = 0.05;

/**
 * The edge of a limit that is next to a number, as a threshold. Each look is held against one edge, so that its words can
 * name it.
 */
export function thresholdOf({ start, end, isInside, isClosed }: Limit, value: number, runs: number): Threshold | null {
  const isStart = end === null || (start !== null && value < (start + end) / 2);
  const raise = isStart ? start : end;
  if (raise === null) return null;
  const width = start === null || end === null ? Infinity : end - start;
  const gap = Math.min(Math.abs(raise) * hysteresis || hysteresis, width / 4 || Infinity);
  const isAbove = isStart === isInside;
  return { raise, clear: isAbove ? raise - gap : raise + gap, runs, ...(isClosed ? {} : { isOpen: true }) };
}

/** Whether a number is on the bad side. */
export function isBad({ start, end, isInside, isClosed }: Limit, value: number): boolean {
  const [least, most] = [start ?? -Infinity, end ?? Infinity];
  if (isInside) return value >= least && value <= most;
  return value < least || value > most || (isClosed && (value === least || value === most));
}

/** How bad a number is by its limits, as an exit status has it. */
export function stateOf({ value, warning, critical }: Pick<ProbeNumber, "value"> & Limits): 0 | 1 | 2 {
  if (critical !== null && isBad(critical, value)) return 2;
  return warning !== null && isBad(warning, value) ? 1 : 0;
}

/** Of each of the first number's limits, the edge that a value is held against; null for a number without limits. */
export function thresholdsOfProbe(
  probes: readonly Probe[],
  { probe: name, number: own }: Labels,
  value: number,
  runs: number,
): { readonly warning: Threshold | null; readonly critical: Threshold | null } | null {
  const { warning = null, critical = null } = probes.find((one) => one.name === name)?.limits ?? {};
  if (own !== undefined || (warning === null && critical === null)) return null;
  return {
    warning: warning && thresholdOf(warning, value, runs),
    critical: critical && thresholdOf(critical, value, runs),
  };
}
