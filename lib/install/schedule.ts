/** One of the five times of a crontab line: its name, its least and its largest number, and the words for them. */
interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: string;
}

const fields: readonly Field[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12, words: "jan feb mar apr may jun jul aug sep oct nov dec" },
  { name: "day of the week", least: 0, most: 7, words: "sun mon tue wed thu fri sat" },
];

const nicknames = /^@(hourly|daily|midnight|weekly|monthly|annually|yearly|reboot)$/;

/** The times of a crontab line, `crontab(5)`, with one space between; or what is wrong with them. Not every cron looks. */
export type Schedule = { readonly ok: true; readonly times: string } | { readonly ok: false; readonly problem: string };

/** Reads five times, or a nickname such as `@hourly`. */
export function parseSchedule(text: string): Schedule {
  const times = text.trim().split(/[ \t]+/);
  if (times.length === 1 && nicknames.test(times[0] ?? "")) return { ok: true, times: text.trim() };
  const typed = JSON.stringify(text);
  if (times.length !== fields.length) {
    return { ok: false, problem: `expected five times in quotes, such as "*/30 * * * *", got ${typed}` };
  }
  const wrong = fields.find((field, index) => !isField(times[index] ?? "", field));
  if (wrong === undefined) return { ok: true, times: times.join(" ") };
  const { name, least, most } = wrong;
  return { ok: false, problem: `the ${name} must be *, */N, or numbers from ${least} to ${most}, got ${typed}` };
}

function isField(text: string, field: Field): boolean {
  return text.split(",").every((part) => {
    const [, range = "", step] = /^([^/]+)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (step !== undefined && Number(step) === 0) return false;
    if (range === "*") return true;
    const ends = range.split("-").map((word) => numberOf(word, field));
    const [first = NaN, last = first] = ends;
    // False for NaN as well.
    return ends.length <= 2 && first >= field.least && first <= last && last <= field.most;
  });
}

function numberOf(word: string, { words = "", least }: Field): number {
  if (/^\d{1,2}$/.test(word)) return Number(word);
  const index = words === "" ? -1 : words.split(" ").indexOf(word.toLowerCase());
  return index === -1 ? NaN : index + least;
}
