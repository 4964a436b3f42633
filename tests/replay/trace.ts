import type { KnownObservation, ObservationName } from "../../lib/metrics/index.ts";

/** What a machine would have told at one minute. */
export interface Moment {
  readonly observations: readonly KnownObservation[];
  /** How often it has booted. */
  readonly boots?: number;
  /** The minute at which it last did. */
  readonly bootedMinute?: number;
  /** How wrong its clock is. */
  readonly clockOffMinutes?: number;
}

/** Deterministic noise: a number in −size … size, another one at each call. */
export type Noise = (size: number) => number;

/** Mulberry32: the same numbers each time. */
export function seeded(seed: number): Noise {
  let state = seed;
  return (size) => {
    state = (state + 0x6d_2b_79_f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1) * size;
  };
}

/** One thing that must be announced, and between which minutes. */
export interface Expected {
  /** `raised storage_used critical`, `event rebooted`. */
  readonly what: string;
  readonly from: number;
  readonly to: number;
  /** How many minutes an incident lasted that is over, and by how many it may be off. */
  readonly lasted?: readonly [minutes: number, tolerance: number];
}

/** The life of a machine, with what is wrong in it. */
export interface Trace {
  readonly name: string;
  readonly days: number;
  /** How many minutes the runs are apart. */
  readonly every: number;
  /** The machine at a minute; null when nothing ran then. */
  readonly at: (minute: number, noise: Noise) => Moment | null;
  /** How many things go wrong. */
  readonly incidents: number;
  readonly expected: readonly Expected[];
}

/** Minutes. */
export const hour = 60;
export const day = 1440;

const gib = 1024 ** 3;

/** A disk that is `percent` full. */
export function disk(mount: string, percent: number, sizeGib = 100): readonly KnownObservation[] {
  const labels = { mount };
  const value = Math.min(100, Math.max(0, percent));
  return [
    { name: "storage_used_percent", labels, value },
    { name: "storage_pressing_percent", labels, value },
    { name: "storage_available_bytes", labels, value: (1 - value / 100) * sizeGib * gib },
    { name: "storage_read_only", labels, value: 0 },
  ];
}

/** What two CPUs did since the last run. */
export function cpu(busy: number, iowait = 0): readonly KnownObservation[] {
  const labels = { window: "report" };
  return [
    { name: "cpu_busy_percent", labels, value: Math.min(100, Math.max(0, busy)) },
    { name: "cpu_iowait_percent", labels, value: Math.min(100, Math.max(0, iowait)) },
    { name: "cpu_cores", labels: {}, value: 2 },
  ];
}

export const one = (name: ObservationName, value: number, labels = {}): KnownObservation => ({ name, labels, value });

/** Something is announced from a minute on, at the latest after so many runs. */
export function within(what: string, from: number, runs: number, every: number, slack = 0): Expected {
  return { what, from: from - slack, to: from + slack + runs * every };
}

/** What began and ended at these minutes is said to be over, once, with its duration. */
export function over(rule: string, began: number, ended: number, every: number, slack = 0): Expected {
  return { ...within(`recovered ${rule}`, ended, 2, every, slack), lasted: [ended - began, 2 * every + 2 * slack] };
}

/** Runs until what must last longer than 20 minutes is told. */
export const lastingRuns = (every: number): number => Math.max(2, Math.floor(20 / every) + 1);

/** The same as `over`, of what must be clear for longer than 20 minutes. */
export const overAfterAWhile = (rule: string, began: number, ended: number, every: number): Expected =>
  over(rule, began, ended, every, every === 1 ? 21 : 0);
