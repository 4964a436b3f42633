import { told } from "../alerts/told.ts";
import { disk, hour } from "./trace.ts";

/** A disk that fills up in some hours, stays full for some, and is cleaned. Percent and hours, minutes between looks. */
interface Fill {
  readonly from: number;
  readonly to: number;
  readonly hours: number;
  readonly hold: number;
  readonly cleaned: number;
  readonly cleaning: number;
  readonly every: number;
}

const ramps = [
  { from: 70, to: 97, hours: 5 },
  { from: 80, to: 99, hours: 5 },
  { from: 82, to: 99, hours: 6 },
];

/** All that were once seen to end with a false forecast, and those beside them: 384. */
export const sweep: readonly Fill[] = ramps.flatMap((ramp) =>
  [0, 1, 2, 4].flatMap((hold) =>
    [70, 78, 86, 88].flatMap((cleaned) =>
      [0.5, 1, 2, 4].flatMap((cleaning) => [
        { ...ramp, hold, cleaned, cleaning, every: 5 },
        { ...ramp, hold, cleaned, cleaning, every: 30 },
      ]),
    ),
  ),
);

/** Hours before it begins to fill. */
const before = 6;
const after = 6;

function percentAt({ from, to, hours, hold, cleaned, cleaning }: Fill, at: number): number {
  if (at < before) return from;
  if (at < before + hours) return from + ((to - from) * (at - before)) / hours;
  const emptied = at - before - hours - hold;
  return emptied < 0 ? to : Math.max(cleaned, to - ((to - cleaned) * emptied) / cleaning);
}

/** Those of which a forecast is told after their cleaning has begun. */
export const falseForecasts = (fills: readonly Fill[]): readonly Fill[] =>
  fills.filter((fill) => {
    const { hours, hold, cleaning, every } = fill;
    const begins = before + hours + hold;
    const count = ((begins + cleaning + after) * hour) / every;
    const looks = Array.from({ length: count }, (_, look) => disk("/", percentAt(fill, (look * every) / hour)));
    return told(looks, every).some((message) => {
      const [look = "", kind, rule] = message.split(" ");
      const isForecast = rule === "storage_full_soon" && kind !== "recovered";
      return isForecast && (Number(look) * every) / hour > begins;
    });
  });
