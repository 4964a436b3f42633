import { type Observation, observationKey } from "./metric.ts";

/** What was measured at one time in the past, by the key of the observation. */
export interface PastRun {
  readonly atMs: number;
  readonly numbers: ReadonlyMap<string, number>;
}

const hourMs = 3_600_000;
/** A shorter window mistakes a nightly backup for a disk that fills up. */
const windowMs = 6 * hourMs;
const pointsNeeded = 6;
/** Below these a forecast is not worth a word, however steep; without the level it was wrong on many machines. */
const usedPercentForWarning = 60;
const usedPercentForCritical = 80;
/** The shortest time that is still only a warning, in hours. */
const notCriticalHours = 4.01;

/**
 * `storage_full_in_hours{mount}`: when each file system that fills up will be full, from a straight line (least squares)
 * through its free space in the last six hours. Not observed for one that is read-only, fills too slowly, or has room.
 */
export function forecastStorage(
  observations: readonly Observation[],
  past: readonly PastRun[],
  nowMs: number,
): readonly Observation[] {
  const recent = past.filter(({ atMs }) => atMs > nowMs - windowMs && atMs < nowMs);
  return observations
    .filter(({ name }) => name === "storage_available_bytes")
    .flatMap((available) => {
      const { labels } = available;
      const valueOf = (name: string) =>
        observations.find((other) => other.name === name && other.labels["mount"] === labels["mount"])?.value;
      const used = valueOf("storage_used_percent") ?? 0;
      if (used < usedPercentForWarning || valueOf("storage_read_only") === 1) return [];
      const key = observationKey(available);
      const points = recent.flatMap(({ atMs, numbers }) => {
        const bytes = numbers.get(key);
        return bytes === undefined ? [] : [{ hours: (atMs - nowMs) / hourMs, bytes }];
      });
      points.push({ hours: 0, bytes: available.value });
      const slope = points.length < pointsNeeded ? 0 : slopeOf(points);
      // Nobody acts on what is more than a month away; said all the same, so that the alert can clear.
      const hours = slope >= 0 ? longestHours : Math.min(longestHours, available.value / -slope);
      const value = used < usedPercentForCritical ? Math.max(hours, notCriticalHours) : hours;
      return points.length < pointsNeeded ? [] : [{ name: "storage_full_in_hours", labels, value }];
    });
}

const longestHours = 31 * 24;

/** Bytes an hour, by least squares. */
function slopeOf(points: readonly { readonly hours: number; readonly bytes: number }[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const meanHours = mean(points.map(({ hours }) => hours));
  const meanBytes = mean(points.map(({ bytes }) => bytes));
  const spread = points.reduce((sum, { hours }) => sum + (hours - meanHours) ** 2, 0);
  const shared = points.reduce((sum, { hours, bytes }) => sum + (hours - meanHours) * (bytes - meanBytes), 0);
  return spread === 0 ? 0 : shared / spread;
}
