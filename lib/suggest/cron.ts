/** A crontab, and whose it is. */
export interface CrontabText {
  readonly place: string;
  readonly text: string;
  /** Null where each line names one after the times, crontab(5). */
  readonly user: string | null;
}

/** A command that something starts by the clock. */
export interface CronCommand {
  /** Where it stands, as a person calls it. */
  readonly place: string;
  readonly user: string;
  /** How often: of a day or more often, of a week, of a month. */
  readonly period: "day" | "week" | "month";
  /** The command, or the text of a script. */
  readonly text: string;
  /** Its line in a crontab up to the command; null for what is no line. */
  readonly before: string | null;
}

const times = /^(@\w+|(?:[\d*,/\-A-Za-z]+\s+){4}[\d*,/\-A-Za-z]+)(\s+)(.*)$/;

/** Every command of a crontab. */
export function commandsOf({ place, text, user }: CrontabText): readonly CronCommand[] {
  const lines = text.split("\n").map((line) => line.trim());
  return lines
    .filter((line) => !/^(?:#|["']?\w+["']?\s*=)/.test(line))
    .flatMap((line) => {
      const [, when, gap = "", rest = ""] = times.exec(line) ?? [];
      if (when === undefined) return [];
      const [, named, command] = user === null ? (/^(\S+\s+)(.*)$/.exec(rest) ?? []) : ["", "", rest];
      if (command === undefined || named === undefined) return [];
      const period = periodOf(when);
      return [{ place, user: user ?? named.trim(), period, text: command, before: `${when}${gap}${named}` }];
    });
}

function periodOf(when: string): CronCommand["period"] {
  const [, , day = "*", , weekday = "*"] = when.split(/\s+/);
  if (when === "@monthly" || when === "@yearly" || when === "@annually") return "month";
  if (when === "@weekly" || (weekday !== "*" && !/^\*\/1$|-/.test(weekday))) return "week";
  return day === "*" || day.startsWith("*/") || when.startsWith("@") ? "day" : "month";
}

/** A script that `run-parts(8)` starts. */
export const scriptCommand = (place: string, period: "hourly" | "daily" | "weekly" | "monthly", text: string) =>
  ({ place, user: "root", period: scriptPeriods[period], text, before: null }) as const;

const scriptPeriods = { hourly: "day", daily: "day", weekly: "week", monthly: "month" } as const;

/** What a service with a timer starts. */
export function unitCommand(name: string, text: string): readonly CronCommand[] {
  const lines = Array.from(text.matchAll(/^(?:ExecStart\w*|Environment)=(.*)$/gm), ([, line = ""]) => line);
  const user = /^User=(\S+)/m.exec(text)?.[1] ?? "root";
  const isOnce = /^Type=oneshot/m.test(text);
  return isOnce ? [{ place: name, user, period: "day", text: lines.join("\n"), before: null }] : [];
}

/** Blanks, operators, and words with quotes, `$(…)` and backquotes in them. */
const token = /\s+|[|&;<>()]+|(?:\$\([^()]*\)|`[^`]*`|\\.|'[^']*'|"(?:[^"\\]|\\.)*"|[^\s|&;<>()])+/g;

/** Commands that stand before the one that counts, and may have its name in a path. */
const aside = /^(?:\.|\[|cd|echo|export|mkdir|mount|set|sleep|source|test|umask)$/;

/**
 * The line with `server-metrics job` before the command that has a word: after the operators and variables that stand
 * before it. Null for what is no line, and for what is one of these already.
 */
export function asJob({ text, before }: CronCommand, word: RegExp, program: string, name: string): string | null {
  if (before === null || /server[-_]metrics.* job /.test(text)) return null;
  let start = 0;
  let isFresh = true;
  let isAside = false;
  for (const { 0: found, index } of text.matchAll(token)) {
    if (/^[|&;()]/.test(found)) isFresh = true;
    else if (isFresh && !/^\s|^\w+=/.test(found)) [start, isFresh, isAside] = [index, false, aside.test(found)];
    if (!isFresh && !isAside && word.test(found)) {
      return `${before}${text.slice(0, start)}${program} job ${name} -- ${text.slice(start)}`;
    }
  }
  return null;
}

/** The files that a command writes, as a glob: what it makes up as it runs may be anything. Null for none that is known. */
export function outputOf({ text }: CronCommand): string | null {
  const own = new Map(
    Array.from(text.matchAll(/^\s*(?:export\s+)?(\w+)=["']?([^"'\s$`]+)["']?\s*$/gm), ([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
  const known = text.replace(/\$\{(\w+)\}|\$(\w+)/g, (whole, braced?: string, bare?: string) => {
    return own.get(braced ?? bare ?? "") ?? whole;
  });
  const written =
    /(?:(?<![\d&])>>?\s*|\s(?:-f|-o|--file|--result-file)[\s=])((?:\$\([^()]*\)|`[^`]*`|"[^"]*"|[^\s|&;<>"])+)/g;
  const paths = Array.from(known.matchAll(written), ([, path = ""]) =>
    path
      .replace(/["']/g, "")
      .replace(/\$\([^()]*\)|`[^`]*`|\$\{[^}]*\}|\$\w+/g, "*")
      .replace(/\*+/g, "*"),
  );
  // A path of anything says nothing.
  return paths.findLast((path) => /^\/[^*?[\]{}]+\/[^/]*$/.test(path) && !path.startsWith("/dev/")) ?? null;
}
