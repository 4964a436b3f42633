import { percentDigits, roundBeside, type ThresholdsOf } from "../digits.ts";

const nothingJudges: ThresholdsOf = () => [];

const plainBytes = (bytes: number): string => `${bytes} B`;

/** `68 %`, `4.2 %`; whole from 10 on, but with a decimal beside a threshold: `89.9 %`. */
const percent = (value: number, thresholds?: readonly number[]): string =>
  `${percentDigits(value, "nearest", thresholds ?? [])} %`;

/** `1 message`, `2 messages` */
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** `23 days`, `5 h 12 min`, `48 s`: the two largest units, or days alone from ten on. */
function duration(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  const days = Math.floor(total / 86_400);
  const hours = Math.floor((total % 86_400) / 3600);
  const minutes = Math.floor((total % 3600) / 60);
  if (days >= 10 || (days > 0 && hours === 0)) return counted(days, "day");
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return minutes === 0 ? `${hours} h` : `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min` : `${total} s`;
}

/** `40 min`, `22 h`, `3 days`: a forecast is not known better than in one unit. */
function roughly(seconds: number): string {
  const hours = Math.max(0, seconds) / 3600;
  if (hours < 2) return `${Math.max(10, Math.round(hours * 6) * 10)} min`;
  return hours < 48 ? `${Math.round(hours)} h` : counted(Math.round(hours / 24), "day");
}

const list = (items: readonly string[]): string => items.join(", ");

/** `2–69 %`: the unit once, and one number where both are the same. */
function range(least: string, most: string): string {
  if (least === most) return most;
  const unit = /^[-−]?[\d.,]+( ?[^\d.,]*)$/.exec(most)?.[1] ?? "";
  return `${least.endsWith(unit) ? least.slice(0, least.length - unit.length) : least}–${most}`;
}

/** How numbers, counts and lists are written in a sentence. */
export const numbers = {
  /** Beside which thresholds numbers are written; the settings say which. */
  thresholdsOf: nothingJudges,
  /** `1.02 GiB`; the settings say in which units. */
  bytes: plainBytes,
  percent,
  /** `87 %` rounded up to whole percents, as `df` does, so that a disk is never fuller than we say. */
  percentUp: (value: number, thresholds?: readonly number[]): string =>
    `${percentDigits(value, "up", thresholds ?? [])} %`,
  /** `81 °C`, and `79.6 °C` beside a threshold of 80 */
  degrees: (celsius: number, thresholds?: readonly number[]): string => {
    const isBeside =
      thresholds?.some((threshold) => celsius !== threshold && Math.abs(celsius - threshold) < 1) === true;
    return `${roundBeside(celsius, isBeside ? 1 : 0, thresholds ?? [])} °C`;
  },
  duration,
  roughly,
  /** `12 ms`, `1.25 s`; less than a minute, with its decimals as text. */
  shortTime: (amount: string, unit: "ms" | "s"): string => `${amount} ${unit}`,
  /** The time left; with hours when the days alone would equal a threshold that is not reached. */
  timeLeft: (days: number, thresholds?: readonly number[]): string => {
    if (days <= 0) return "no time";
    const whole = Math.floor(days);
    if (days === whole || thresholds?.includes(whole) !== true) return duration(days * 86_400);
    return `${whole} d ${Math.max(1, Math.floor((days - whole) * 24))} h`;
  },
  expired: (days: number): string => `expired ${duration(days * 86_400)} ago`,
  list,
  range,
  /** `nginx, redis, cron and 2 more` */
  some: (names: readonly string[], most = 3): string =>
    list(names.slice(0, most)) + (names.length > most ? ` and ${names.length - most} more` : ""),
  count: {
    alerts: (count: number): string => counted(count, "alert"),
    attempts: (count: number): string => counted(count, "attempt"),
    checks: (count: number): string => counted(count, "check"),
    cores: (count: number): string => counted(count, "core"),
    days: (count: number): string => counted(count, "day"),
    disks: (count: number): string => counted(count, "disk"),
    errors: (count: number): string => counted(count, "error"),
    gaps: (count: number): string => counted(count, "gap"),
    messages: (count: number): string => counted(count, "message"),
    runs: (count: number): string => counted(count, "run"),
    services: (count: number): string => counted(count, "service"),
    unsentMessages: (count: number): string => counted(count, "unsent message"),
  },
};

export type NumberWords = typeof numbers;
