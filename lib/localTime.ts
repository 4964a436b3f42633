import { hourMs } from "./time.ts";

/** Wall-clock time in a named time zone, or the machine's own for null. */
export interface LocalTime {
  /** `2026-11-24` */
  readonly day: string;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
  });
  formats.set(timezone, format);
  return format;
}

function partsAt(ms: number, timezone: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    formatFor(timezone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
}

/**
 * What a clock on the wall shows. The first time that anybody asks, the zones are loaded, which is a tenth of the CPU time
 * of a report: not for what each run needs.
 */
export function localTime(ms: number, timezone: string | null): LocalTime {
  if (timezone === null) return machineTime(new Date(ms));
  const { year, month, day, hour, minute } = partsAt(ms, timezone);
  return { day: `${year}-${month}-${day}`, hour: Number(hour), minute: Number(minute) };
}

/** The same for the machine's own zone; `Intl`, which would know it as well, costs as much again as `Date`. */
function machineTime(date: Date): LocalTime {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return { day, hour: date.getHours(), minute: date.getMinutes() };
}

/** The day there, `2026-11-24`. */
export const localDay = (ms: number, timezone: string | null): string => localTime(ms, timezone).day;

/** No day is longer, with its clock set back by an hour or two. */
export const longestDayMs = 26 * hourMs;

/** When the day there is over, milliseconds since the epoch. */
export function endOfDay(ms: number, timezone: string | null): number {
  const day = localDay(ms, timezone);
  let [within, after] = [ms, ms + longestDayMs];
  while (after - within > 1) {
    const middle = Math.floor((within + after) / 2);
    if (localDay(middle, timezone) === day) within = middle;
    else after = middle;
  }
  return after;
}

/** A zone as a label names it: `Asia/Tokyo, UTC+9`; its name and its distance at that time. */
export function zoneLabel(ms: number, timezone: string | null): string {
  const options = { timeZoneName: "shortOffset", ...(timezone === null ? {} : { timeZone: timezone }) } as const;
  const format = new Intl.DateTimeFormat("en-US", options);
  const name = format.resolvedOptions().timeZone;
  const offset = format.formatToParts(ms).find(({ type }) => type === "timeZoneName")?.value ?? "";
  const distance = offset.replace("GMT", "UTC").replace("-", "−");
  return name === "UTC" ? name : `${name}, ${distance}`;
}
