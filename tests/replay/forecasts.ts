import { assess, type AssessInput } from "../../lib/alerts/assess.ts";
import type { RuleName } from "../../lib/alerts/rules.ts";
import { observationKey } from "../../lib/model/observation.ts";
import { forecastStorage, type PastRun } from "../../lib/past/forecast.ts";
import { activeRule } from "../../lib/settings/alerts.ts";
import { remindersOf } from "../../lib/settings/announcements.ts";
import { disk, type Noise, seeded } from "./trace.ts";

/** How full a disk is, in percent, each five minutes. */
export type Fill = readonly number[];

const minutesPerPoint = 5;
const [pointsPerHour, pointsPerDay] = [12, 288];
const hourMs = 3_600_000;

/** A disk that keeps what was written in the last hours, at 55 % to a peak. */
function retained(writes: readonly number[], hours: number, peak: number): Fill {
  let kept = 0;
  const sums = writes.map((written, index) => {
    kept += written - (writes[index - hours * pointsPerHour] ?? 0);
    return kept;
  });
  const most = Math.max(...sums);
  return sums.map((sum) => Math.min(100, 55 + ((peak - 55) * sum) / most));
}

/** For each pattern of writes twelve disks: three retentions, and four peaks of which the last is cut. */
export const disksOf = (writes: readonly (readonly number[])[]): readonly Fill[] =>
  writes.flatMap((pattern) =>
    [6, 24, 72].flatMap((hours) => [75, 90, 97, 103].map((peak) => retained(pattern, hours, peak))),
  );

type Pattern = (noise: Noise) => (point: number) => number;
const between = (noise: Noise, low: number, high: number) => (low + high) / 2 + noise((high - low) / 2);

/** Disks that do what disks do for two weeks: back up, rotate, copy, leak; about 40 % full or more, cleaned when full. */
const patterns: readonly Pattern[] = [
  // Copied in some hours, once.
  (noise) => {
    const [from, size, begin, hours] = [
      between(noise, 40, 70),
      between(noise, 10, 30),
      between(noise, 24, 200),
      between(noise, 3, 12),
    ];
    return (point) => from + size * Math.min(1, Math.max(0, (point / pointsPerHour - begin) / hours));
  },
  // A nightly backup, written and taken away.
  (noise) => {
    const [from, size, hours] = [between(noise, 50, 75), between(noise, 8, 24), between(noise, 1, 4)];
    return (point) => {
      const hour = (point % pointsPerDay) / pointsPerHour;
      return from + (hour < 6 ? size * Math.min(1, hour / hours) : 0);
    };
  },
  // Logs that are rotated.
  (noise) => {
    const [from, size, hours] = [between(noise, 50, 75), between(noise, 5, 22), between(noise, 4, 48)];
    return (point) => from + (size * ((point / pointsPerHour) % hours)) / hours;
  },
  // What is never deleted; cleaned some hours after it is full.
  (noise) => {
    const [from, hours] = [between(noise, 40, 70), between(noise, 10, 120)];
    return (point) => Math.min(100, from + ((100 - from) * ((point / pointsPerHour) % (hours + 6))) / hours);
  },
];

export const madeDisks = (seed: number, count = 40): readonly Fill[] =>
  Array.from({ length: count }, (_, index) => {
    const noise = seeded(seed * 10_007 + index);
    const at = (patterns[index % patterns.length] ?? (() => () => 50))(noise);
    return Array.from({ length: 14 * pointsPerDay }, (_unused, point) => Math.min(100, at(point) + noise(0.2)));
  });

/** One message that a disk will be full in some hours, or that it is too full. */
interface Word {
  readonly index: number;
  /** Null: it says that the disk is too full now. */
  readonly hours: number | null;
}

const ruleOf = new Map<RuleName, ReturnType<typeof activeRule>>(
  (["storage_used", "storage_full_soon"] as const).map((name) => [name, activeRule(name, {})]),
);
const reminders = remindersOf({});

/** What this program says of a disk when it looks every so many minutes. */
export function ourForecasts(fill: Fill, every: number): readonly Word[] {
  const words: Word[] = [];
  const past: PastRun[] = [];
  let before: AssessInput["before"] = {};
  const step = every / minutesPerPoint;
  for (let index = 0; index < fill.length; index += step) {
    const nowMs = index * minutesPerPoint * 60_000;
    const seen = disk("/", fill[index] ?? 0);
    const recent = past.filter(({ atMs }) => atMs >= nowMs - 6 * hourMs);
    const thresholdsFor = (labels: Readonly<Record<string, string>>) =>
      ruleOf.get("storage_full_soon")?.thresholdsFor(labels) ?? null;
    const { states, transitions } = assess({
      observations: [...seen, ...forecastStorage(seen, recent, nowMs, thresholdsFor, () => past)],
      ruleOf: (name) => ruleOf.get(name) ?? null,
      before,
      reminders,
      nowMs,
      lastRunMs: index === 0 ? null : nowMs - every * 60_000,
    });
    before = states;
    for (const { rule, kind, to, value } of transitions)
      if (to !== null && (kind === "raised" || kind === "worse" || kind === "flapping"))
        words.push({ index, hours: rule === "storage_full_soon" ? value : null });
    const available = seen.filter(({ name }) => name === "storage_available_bytes");
    past.push({ atMs: nowMs, numbers: new Map(available.map((one) => [observationKey(one), one.value])) });
    while ((past[0]?.atMs ?? nowMs) < nowMs - 48 * hourMs) past.shift();
  }
  return words;
}

/** NodeFilesystemSpaceFillingUp of node-exporter's mixin: a line through six hours is below 0 in so many, for an hour. */
export function mixin(fill: Fill, every: number): readonly Word[] {
  const step = every / minutesPerPoint;
  const rules = [
    { hours: 24, below: 40 },
    { hours: 4, below: 20 },
  ];
  return rules.flatMap(({ hours, below }) => {
    let since: number | null = null;
    let isTold = false;
    const words: Word[] = [];
    for (let index = 0; index < fill.length; index += step) {
      const free = 100 - (fill[index] ?? 0);
      const isFilling = free < below && lineAt(fill, index, step, hours) < 0;
      since = isFilling ? (since ?? index) : null;
      isTold &&= isFilling;
      if (isTold || since === null || index - since < pointsPerHour) continue;
      isTold = true;
      words.push({ index, hours });
    }
    return words;
  });
}

/** Free percent in some hours, by least squares through the last six. */
function lineAt(fill: Fill, index: number, step: number, hours: number): number {
  const points: (readonly [hours: number, free: number])[] = [];
  for (let at = index; at >= 0 && at > index - 6 * pointsPerHour; at -= step)
    points.push([(at - index) / pointsPerHour, 100 - (fill[at] ?? 0)]);
  const sum = (of: (x: number, y: number) => number) => points.reduce((total, [x, y]) => total + of(x, y), 0);
  const count = points.length;
  const [sumX, sumY] = [sum((x) => x), sum((_, y) => y)];
  const slope = (count * sum((x, y) => x * y) - sumX * sumY) / (count * sum((x) => x * x) - sumX ** 2 || 1);
  return (sumY - slope * sumX) / count + slope * hours;
}

/** When a disk gets full: from below 95 % to 99 %. */
function fullsOf(fill: Fill): readonly number[] {
  let isFull = true;
  return fill.flatMap((percent, index) => {
    const wasFull = isFull;
    isFull = percent >= 99 || (isFull && percent >= 95);
    return isFull && !wasFull ? [index] : [];
  });
}

/** How good forecasts were, over some disks. */
export interface ForecastScore {
  readonly fulls: number;
  readonly forecasts: number;
  /** 99 % was reached within twice the time, or two hours more. */
  readonly true: number;
  /** Of the times that a disk got full, those with a forecast half an hour to a day and a half before. */
  readonly forewarned: number;
  /** Of these times, those with any word in the day and a half before. */
  readonly told: number;
}

export function scoreForecasts(disks: readonly Fill[], tell: (fill: Fill) => readonly Word[]): ForecastScore {
  const each = disks.map((fill) => {
    const [words, fulls] = [tell(fill), fullsOf(fill)];
    const forecasts = words.flatMap(({ index, hours }) => (hours === null ? [] : [{ index, hours }]));
    const isTrue = ({ index, hours }: { readonly index: number; readonly hours: number }) =>
      fill.slice(index, index + Math.max(2 * hours, hours + 2) * pointsPerHour).some((percent) => percent >= 99);
    const isBefore = (full: number, index: number, hours: number) =>
      index <= full - hours * pointsPerHour && index >= full - 36 * pointsPerHour;
    return {
      fulls: fulls.length,
      forecasts: forecasts.length,
      true: forecasts.filter(isTrue).length,
      forewarned: fulls.filter((full) => forecasts.some(({ index }) => isBefore(full, index, 0.5))).length,
      told: fulls.filter((full) => words.some(({ index }) => isBefore(full, index, 0))).length,
    };
  });
  const sum = (key: keyof ForecastScore) => each.reduce((total, one) => total + one[key], 0);
  return {
    fulls: sum("fulls"),
    forecasts: sum("forecasts"),
    true: sum("true"),
    forewarned: sum("forewarned"),
    told: sum("told"),
  };
}
