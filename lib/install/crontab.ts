import { shellQuoted } from "../format.ts";

/** The content of a crontab line. */
export interface CronJob {
  /** The five times, or a nickname. */
  readonly times: string;
  /** The program and its arguments, without control characters. */
  readonly words: readonly string[];
  /** The path of `timeout(1)`; null without one. */
  readonly timeoutFile: string | null;
  /** Seconds until `timeout` kills it. */
  readonly timeoutSeconds: number;
  /** The path of the `logger(1)` that keeps what it says; null where cron mails it. */
  readonly loggerFile: string | null;
}

/** Ends our line; by it the line is found again. The shell takes it for a comment. */
const mark = "# server-metrics install";

/** The line of a crontab that runs a command, crontab(5). */
export function cronLine({ times, words, timeoutFile, timeoutSeconds, loggerFile }: CronJob): string {
  const hardStop = timeoutFile === null ? [] : [timeoutFile, "-s", "KILL", String(timeoutSeconds)];
  const log = loggerFile === null ? [] : ["2>&1 |", loggerFile, "-t server-metrics"];
  return [times, ...[...hardStop, ...words].map(shellWord), ...log, mark].join(" ");
}

/**
 * A word as sh(1) reads it back. Cron ends a command at a percent sign unless a backslash precedes it, and not every cron
 * takes the backslash away: outside of quotes the shell does.
 */
function shellWord(word: string): string {
  return word.split("%").map(shellQuoted).join("\\%");
}

/** The crontab with a line in the place of others, or at its end, where the variables that it sets hold; else as it was. */
export function withLine(crontab: string, line: string, replaced: readonly string[]): string {
  const lines = linesOf(crontab);
  if (lines.some((one) => one.trim() === line))
    return withoutLines(
      crontab,
      replaced.filter((one) => one !== line),
    );
  const place = lines.findIndex((one) => replaced.includes(one.trim()));
  const others = lines.filter((one) => !replaced.includes(one.trim()));
  if (place !== -1) return others.toSpliced(place, 0, `${line}\n`).join("");
  // Cron leaves out a last line that has no end.
  const end = crontab === "" || crontab.endsWith("\n") ? "" : "\n";
  return `${crontab}${end}${line}\n`;
}

/** The crontab without some of its lines, and otherwise as it was. */
export function withoutLines(crontab: string, lines: readonly string[]): string {
  return linesOf(crontab)
    .filter((line) => !lines.includes(line.trim()))
    .join("");
}

/** Whether a crontab sets a webhook for its commands. */
export function setsWebhook(crontab: string): boolean {
  return /^\s*["']?DISCORD_WEBHOOK_URL["']?\s*=\s*\S/m.test(crontab);
}

/** With their ends, so that they can be put together again. */
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

/** Whether a line of a crontab is one that `install` wrote. */
export const isOurs = (line: string): boolean => line.trimEnd().endsWith(mark) && !/^\s*#/.test(line);
