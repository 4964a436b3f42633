import { type Noise, seeded } from "./trace.ts";

/*
 * CPU traces shaped after PlanetLab's and NAB's, a percentage each five minutes: bursts of 10 to 25 minutes, daily jobs,
 * level shifts, drift. The numbers follow from the seed alone.
 */

const [pointsPerHour, pointsPerDay] = [12, 288];

/** What comes by chance. */
interface Chance {
  readonly noise: Noise;
  /** A number between two others. */
  readonly between: (low: number, high: number) => number;
}

/** A level by the point, with its own noise. */
type Shape = (chance: Chance, points: number) => (point: number) => number;

const quiet: Shape = ({ between, noise }) => {
  const [level, size] = [between(1, 25), between(0.5, 6)];
  return () => level + noise(size);
};

const restless: Shape = ({ between, noise }) => {
  const [level, size] = [between(40, 65), between(8, 20)];
  return () => level + noise(size);
};

/** Bursts of 10 to 25 minutes, some hours apart, one higher than another. */
const bursts: Shape = ({ between, noise }, points) => {
  const [level, gap] = [between(3, 30), between(1, 8) * pointsPerHour];
  const peaks = new Map<number, number>();
  for (let begin = between(0, gap); begin < points; begin += between(0.3, 1.7) * gap) {
    const [peak, length] = [between(70, 100), Math.round(between(1.5, 5.5))];
    for (let point = 0; point < length; point += 1) peaks.set(Math.floor(begin) + point, peak);
  }
  return (point) => (peaks.get(point) ?? level) + noise(4);
};

/** A job at about the same time of the day, for half an hour to two. */
const dailyJob: Shape = ({ between, noise }) => {
  const [level, begin, length] = [between(3, 30), between(0, 20) * pointsPerHour, between(6, 24)];
  return (point) => {
    const late = (Math.floor(point / pointsPerDay) * 7) % 4;
    const since = (point % pointsPerDay) - Math.floor(begin) - late;
    return (since >= 0 && since < length ? 97 : level) + noise(3);
  };
};

/** Another level from one moment to the next, and back again after hours or days. */
const levelShift: Shape = ({ between, noise }, points) => {
  const [level, begin, length, high] = [between(3, 50), between(0.1, 0.7), between(0.05, 0.5), between(70, 100)];
  const isHigh = (point: number) => point >= begin * points && point < (begin + length) * points;
  return (point) => (isHigh(point) ? high : level) + noise(3);
};

/** A little more at each hour, up to where it cannot go on. */
const drift: Shape = ({ between, noise }, points) => {
  const [level, end] = [between(5, 40), between(60, 105)];
  return (point) => level + ((end - level) * point) / points + noise(4);
};

/** Around the threshold for days, as its normal. */
const onTheLine: Shape = ({ between, noise }) => {
  const [level, size] = [between(82, 94), between(3, 8)];
  return (point) => level + 3 * Math.sin((point / pointsPerDay) * 2 * Math.PI) + noise(size);
};

function traceOf(shape: Shape, points: number, seed: number): readonly number[] {
  const noise = seeded(seed);
  const between = (low: number, high: number) => (low + high) / 2 + noise((high - low) / 2);
  const at = shape({ noise, between }, points);
  return Array.from({ length: points }, (_, point) => Math.min(100, Math.max(0, at(point))));
}

const many = (count: number, points: number, shapes: readonly Shape[], seed: number) =>
  Array.from({ length: count }, (_, index) => {
    const shape = shapes[index % shapes.length] ?? quiet;
    return traceOf(shape, points, seed * 10_007 + index);
  });

/** Days of machines, most of which have little to do, as PlanetLab's. */
export const planetLabShaped = (seed: number, count = 1400): readonly (readonly number[])[] =>
  many(count, pointsPerDay, [quiet, bursts, quiet, restless, quiet, levelShift, drift], seed);

/** Two weeks of machines that do something, as NAB's. */
export const nabShaped = (seed: number, count = 36): readonly (readonly number[])[] =>
  many(count, 14 * pointsPerDay, [bursts, dailyJob, levelShift, onTheLine, drift, quiet], seed);
