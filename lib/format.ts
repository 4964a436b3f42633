import { dayMs, hourMs, minuteMs } from "./clock.ts";

/** Units of bytes: `iec` is GiB, as in `free -h` and `df -h`; `si` is GB. */
export type Units = "iec" | "si";

/** The one place where numbers become text. */
export interface Format {
  /** `1.02 GiB` */
  readonly bytes: (bytes: number) => string;
  /** `1.02 / 2.00 GiB`: both in the unit of the larger, which stands once, unless too little would remain of the part. */
  readonly bytesOf: (part: number, whole: number) => string;
}

const scales = {
  iec: { base: 1024, names: ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] },
  si: { base: 1000, names: ["B", "kB", "MB", "GB", "TB", "PB", "EB"] },
} as const;

/** A Format for one choice of units. */
export function createFormat(units: Units): Format {
  const { base, names } = scales[units];
  const exponentOf = (bytes: number) => {
    const size = Math.abs(bytes);
    let exponent = 0;
    // 999.5 would round to 1000 of the smaller unit, 1023.5 B to a whole KiB.
    const isTooLarge = () => size / base ** exponent >= (exponent === 0 ? base - 0.5 : 999.5);
    while (exponent < names.length - 1 && isTooLarge()) exponent += 1;
    return exponent;
  };
  const scaled = (bytes: number, exponent: number) =>
    exponent === 0 ? String(Math.round(bytes)) : significant(bytes / base ** exponent);
  const bytes = (amount: number) => `${scaled(amount, exponentOf(amount))} ${names[exponentOf(amount)]}`;
  return {
    bytes,
    bytesOf: (part, whole) => {
      const exponent = exponentOf(Math.max(part, whole));
      // Two decimals of it would have one digit, or none.
      const isTiny = part > 0 && exponent > 0 && part / base ** exponent < 0.095;
      if (isTiny) return `${bytes(part)} / ${bytes(whole)}`;
      return `${scaled(part, exponent)} / ${scaled(whole, exponent)} ${names[exponent]}`;
    },
  };
}

/** Three significant digits, at most two decimals: `1.02`, `34.1`, `187`, `0.04`. */
export function significant(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size < 9.995 ? 2 : size < 99.95 ? 1 : 0);
}

/** A bar of `width` cells for 0–100: `▰▰▰▱▱▱▱▱▱▱`. Something is never drawn as nothing, nor short of full as full. */
export function bar(value: number, width = 10): string {
  const cells = (Math.min(100, Math.max(0, value)) / 100) * width;
  const filled = value >= 100 ? width : Math.min(width - 1, value > 0 ? Math.max(1, Math.round(cells)) : 0);
  return "▰".repeat(filled) + "▱".repeat(width - filled);
}

const levels = "▁▂▃▄▅▆▇█";

/**
 * `▁▂▅▇ ▃`: a cell a number, a space for none. It reaches from the least to the most, but over at least `leastSpan`, so
 * that noise stays a flat and thin line.
 */
export function sparkline(cells: readonly (number | null)[], leastSpan: number): string {
  const values = cells.filter((cell) => cell !== null);
  const least = Math.min(...values);
  const span = Math.max(Math.max(...values) - least, leastSpan) || 1;
  const levelOf = (value: number) => Math.min(levels.length - 1, Math.floor(((value - least) / span) * levels.length));
  return cells.map((cell) => (cell === null ? " " : (levels[levelOf(cell)] ?? " "))).join("");
}

/** `04:10`, in a named time zone or the machine's own. */
export function clockTime(ms: number, timezone: string | null): string {
  const { hour, minute } = localTime(ms, timezone);
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** `04:10`, with its day if that is another one than today: `2026-11-24 04:10`. */
export function localText(ms: number, nowMs: number, timezone: string | null): string {
  const day = localDay(ms, timezone);
  const time = clockTime(ms, timezone);
  return day === localDay(nowMs, timezone) ? time : `${day} ${time}`;
}

/** `2026-11-24T04:10:00.000Z`, for programs. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** SI with two decimals and no space, as the original program wrote sizes: `518.80MB`. */
export function classicBytes(bytes: number): string {
  const prefixes = ["", "K", "M", "G", "T", "P", "E"];
  let exponent = 0;
  while (exponent < prefixes.length - 1 && bytes >= 1000 ** (exponent + 1)) exponent += 1;
  return `${(bytes / 1000 ** exponent).toFixed(2)}${prefixes[exponent]}B`;
}

/** `07/10 21:38:48`, in a named time zone or the machine's own. */
export function classicTime(at: Date, timezone: string | null): string {
  const day = localDay(at.getTime(), timezone).slice(5).replace("-", "/");
  return `${day} ${clockTime(at.getTime(), timezone)}:${isoTime(at.getTime()).slice(17, 19)}`;
}

/** Names from the machine may hold line breaks, escape sequences and direction marks; none of them may act. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

/** The columns of a text where letters of China, Japan and Korea, and pictures, take two. */
export function columnsOf(text: string): number {
  const points = Array.from(text.replace(/\p{M}/gu, ""));
  return points.reduce((sum, point) => sum + (wide.test(point) ? 2 : 1), 0);
}

/** Cuts a text to a width in columns, and ends it with an ellipsis where something was cut. */
export function clipColumns(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  let left = columns - 1;
  const points = Array.from(text);
  const end = points.findIndex((point) => (left -= columnsOf(point)) < 0);
  return `${points.slice(0, end).join("").trimEnd()}…`;
}

/** A word as sh(1) reads it back. */
export function shellQuoted(word: string): string {
  return /^[\w@:,./+=-]*$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** JSON for a terminal or a program: what could act on a terminal is escaped, and the same when it is parsed. */
export function jsonText(value: unknown, indent = 2): string {
  const escaped = (character: string) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
    }).join("");
  const text = JSON.stringify(value, null, indent);
  return `${text.replace(/[\u007F-\u009F\p{Cf}\p{Zl}\p{Zp}]/gu, escaped)}\n`;
}

/** Wall-clock time in a named time zone, or the machine's own for null. */
export interface LocalTime {
  /** `2026-11-24` */
  readonly day: string;
  readonly hour: number;
  readonly minute: number;
}

/** The clock in a named zone. The first call loads the zones, which costs 4 ms: not for what each run needs. */
const inZone = (ms: number, timezone: string) =>
  Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone);

type OffsetOf = (ms: number, timezone: string | null) => number | null;
let offsetMsOf: OffsetOf = () => null;

/** Gives a quicker way to a zone's distance to UTC, milliseconds; where that does not know, the runtime is asked. */
export function useOffsets(offsets: OffsetOf): void {
  offsetMsOf = offsets;
}

/** Whether that way knows a named zone. */
export const hasZone = (timezone: string): boolean => offsetMsOf(0, timezone) !== null;

/** The local time of day. */
export function localTime(ms: number, timezone: string | null): LocalTime {
  const offsetMs = offsetMsOf(ms, timezone);
  if (offsetMs !== null) {
    const time = isoTime(ms + offsetMs);
    return { day: time.slice(0, 10), hour: Number(time.slice(11, 13)), minute: Number(time.slice(14, 16)) };
  }
  if (timezone === null) return machineTime(new Date(ms));
  const time = inZone(ms, timezone);
  return { day: time.toPlainDate().toString(), hour: time.hour, minute: time.minute };
}

/** The same for the machine's own zone, which `Date` knows without loading the others. */
function machineTime(date: Date): LocalTime {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return { day, hour: date.getHours(), minute: date.getMinutes() };
}

/** The day there, `2026-11-24`. */
export const localDay = (ms: number, timezone: string | null): string => localTime(ms, timezone).day;

/** No day is longer, with its clock set back by an hour or two. */
export const longestDayMs = 26 * hourMs;

/** The end of the local day, milliseconds since the epoch. */
export function endOfDay(ms: number, timezone: string | null): number {
  const offsetAt = (at: number) => offsetMsOf(at, timezone) ?? Number.NaN;
  const dayOf = (at: number) => Math.floor((at + offsetAt(at)) / dayMs);
  const next = dayOf(ms) + 1;
  // By the clocks as they are now, or as they will be.
  const early = next * dayMs - offsetAt(ms);
  const end = [early, next * dayMs - offsetAt(early)].find((at) => dayOf(at - 1) === next - 1 && dayOf(at) === next);
  // Where they are set from one day into the next, the runtime is asked.
  if (end !== undefined) return end;
  if (timezone !== null) return inZone(ms, timezone).startOfDay().add({ days: 1 }).startOfDay().epochMilliseconds;
  const date = new Date(ms);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/** The moment at which a local day begins, `2026-12-01`, or of its time, `2026-12-01T07:00`; null for no such day. */
export function localInstant(text: string, timezone: string | null): number | null {
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$/.test(text)) return null;
  try {
    const zone = timezone ?? Temporal.Now.timeZoneId();
    return Temporal.PlainDateTime.from(text, { overflow: "reject" }).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return null;
  }
}

/** How far a zone is from UTC at that time: `UTC+9`, `UTC−3:30`, `UTC`. */
export function zoneOffset(ms: number, timezone: string | null): string {
  const ask = () => inZone(ms, timezone ?? Temporal.Now.timeZoneId()).offsetNanoseconds / 1e6;
  const minutes = Math.trunc((offsetMsOf(ms, timezone) ?? ask()) / minuteMs);
  if (minutes === 0) return "UTC";
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}
