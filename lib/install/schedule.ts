import type { Result } from "../errors.ts";

const fields = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12 },
  { name: "day of the week", least: 0, most: 7 },
];

/** The times of a crontab line, `crontab(5)`, with one space between: five, or a nickname such as `@hourly`. */
export function parseSchedule(text: string): Result<string> {
  const times = text.trim().split(/[ \t]+/);
  const [first = ""] = times;
  if (times.length === 1 && (first === "@reboot" || (/^@[a-z]+$/.test(first) && isSchedule(first)))) {
    return { ok: true, value: first };
  }
  const typed = JSON.stringify(text);
  if (times.length !== fields.length) {
    return { ok: false, problem: `expected five times in quotes, such as "*/30 * * * *", got ${typed}` };
  }
  const wrong = fields.find((_, index) => !isField(times[index] ?? "", index));
  if (wrong !== undefined) {
    const { name, least, most } = wrong;
    return { ok: false, problem: `the ${name} must be *, */N, or numbers from ${least} to ${most}, got ${typed}` };
  }
  const value = times.join(" ");
  if (Bun.cron.parse(value) === null)
    return { ok: false, problem: `there is no such day, so it would never run: ${typed}` };
  return { ok: true, value };
}

/** What cron makes of a step that does not fit into an hour or a day; null where all fit. */
export function unevenStep(times: string): string | null {
  const [minute = "", hour = ""] = times.split(" ");
  const isUneven = (field: string, whole: number) => field.startsWith("*/") && whole % Number(field.slice(2)) !== 0;
  if (isUneven(minute, 60))
    return `cron starts ${minute} again in each hour, so it is not every ${minute.slice(2)} minutes`;
  if (isUneven(hour, 24)) return `cron starts ${hour} again on each day, so it is not every ${hour.slice(2)} hours`;
  return null;
}

/** Bun also takes a sign and the whole names of days and months, which cron does not. */
function isField(text: string, index: number): boolean {
  return (
    /^[\d*,/a-z-]+$/i.test(text) &&
    !/[a-z]{4}/i.test(text) &&
    isSchedule(fields.map((_, at) => (at === index ? text : "*")).join(" "))
  );
}

function isSchedule(text: string): boolean {
  try {
    Bun.cron.parse(text);
    return true;
  } catch {
    return false;
  }
}
