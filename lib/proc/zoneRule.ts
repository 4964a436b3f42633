import { dayMs } from "../clock.ts";
import { parseCounts } from "./number.ts";

const name = String.raw`(?:[A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)`;
const hours = String.raw`[+-]?\d{1,3}(?::\d\d){0,2}`;
const date = String.raw`(?:J?\d{1,3}|M\d{1,2}\.[1-5]\.[0-6])(?:/${hours})?`;
const shape = new RegExp(`^${name}(${hours})(?:${name}(${hours})?,(${date}),(${date}))?$`);

/**
 * A zone's distance to UTC at a time, both in seconds, by the rule that holds after its last transition, such as
 * `CET-1CEST,M3.5.0,M10.5.0/3`. Source: POSIX.1, chapter 8.3, with the hours beyond a day of RFC 9636. Null for what is no
 * such rule.
 */
export function parseZoneRule(text: string): ((seconds: number) => number) | null {
  const [, west, westInSummer, begin, end] = shape.exec(text) ?? [];
  if (west === undefined) return null;
  const standard = 0 - secondsOf(west);
  if (begin === undefined || end === undefined) return () => standard;
  const summer = westInSummer === undefined ? standard + 3600 : 0 - secondsOf(westInSummer);
  return (seconds) => {
    const year = new Date(seconds * 1000).getUTCFullYear();
    // Near New Year, the last change may be of the year before or after.
    const lastOf = (rule: string, offset: number) =>
      Math.max(...[year - 1, year, year + 1].map((of) => changeIn(of, rule) - offset).filter((at) => at <= seconds));
    // Where it ends as it begins again, it never ends.
    return lastOf(begin, standard) >= lastOf(end, summer) ? summer : standard;
  };
}

/** `-3:30` in seconds. */
function secondsOf(text: string): number {
  const [whole = 0, minutes = 0, seconds = 0] = parseCounts(text.replace(/^[+-]/, "").split(":")) ?? [];
  return (text.startsWith("-") ? -1 : 1) * (whole * 3600 + minutes * 60 + seconds);
}

/** When the clocks are changed in a year, in seconds since the epoch as they showed it before. */
function changeIn(year: number, rule: string): number {
  const [day = "", time = "2"] = rule.split("/");
  const [first = 0, week = 0, weekday = 0] = parseCounts(day.replace(/^[JM]/, "").split(".")) ?? [];
  if (day.startsWith("M")) return weekdayIn(year, first, week, weekday) / 1000 + secondsOf(time);
  if (!day.startsWith("J")) return Date.UTC(year, 0, 1 + first) / 1000 + secondsOf(time);
  // Counted as in a year without 29 February.
  const counted = new Date(Date.UTC(2001, 0, first));
  return Date.UTC(year, counted.getUTCMonth(), counted.getUTCDate()) / 1000 + secondsOf(time);
}

/** A weekday of a month's first to fourth week; of the fifth, the last one. */
function weekdayIn(year: number, month: number, week: number, weekday: number): number {
  const firstMs = Date.UTC(year, month - 1, 1);
  const days = (Date.UTC(year, month, 1) - firstMs) / dayMs;
  const after = ((weekday - new Date(firstMs).getUTCDay() + 7) % 7) + (week - 1) * 7;
  return firstMs + (after < days ? after : after - 7) * dayMs;
}
