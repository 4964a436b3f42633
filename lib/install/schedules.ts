import { basename } from "node:path";

import { type Flags, parseArguments } from "../cli/parse.ts";
import { isOurs } from "./crontab.ts";
import { parseSchedule } from "./schedule.ts";

/** What starts the report by itself, as it stands in a crontab or a unit. */
export interface Schedule {
  readonly kind: "cron" | "timer";
  /** Where it stands, as a person calls it. */
  readonly place: string;
  /** Whom it runs as. */
  readonly user: string;
  readonly line: string;
  /** The times as a crontab has them; null for what has none, such as `@reboot`, or cannot be read. */
  readonly times: string | null;
  /** The path of the program; null when it cannot be told. */
  readonly program: string | null;
  readonly flags: Flags;
  /** Why it cannot be read; null when it can. */
  readonly problem: string | null;
}

/** A crontab, and whose it is. */
export interface CrontabText {
  readonly place: string;
  readonly text: string;
  /** Of the user that it runs as. */
  readonly home: string;
  /** Null where each line names one after the times, crontab(5). */
  readonly user: string | null;
}

/** Every line of a crontab that starts the report, or that seems to and cannot be read. */
export function schedulesIn(crontab: CrontabText): readonly Schedule[] {
  const lines = crontab.text.split("\n").map((line) => line.trim());
  const isVariable = /^["']?\w+["']?\s*=/;
  return lines
    .filter((line) => (isOurs(line) || isNamed.test(line)) && !line.startsWith("#") && !isVariable.test(line))
    .flatMap((line) => scheduleOf(line, crontab) ?? []);
}

/** What the program is called, whatever is before and after it. */
const isNamed = /server[-_]metrics/i;

/** Null for a line that does something else with the program, such as an export. */
function scheduleOf(line: string, { place, home, user }: CrontabText): Schedule | null {
  const parts = /^(@\w+|(?:\S+\s+){4}\S+)\s+(.*)$/.exec(line);
  const [, named = "", after = ""] = /^(\S+)\s+(.*)$/.exec(parts?.[2] ?? "") ?? [];
  const command = user === null && parts !== null ? after : parts?.[2];
  const unread = { kind: "cron", place, user: user ?? named, line, times: null, program: null, flags: {} } as const;
  if (command === undefined) return { ...unread, problem: "its times cannot be read" };
  const words = commandsIn(command)
    .map(withoutWrapper)
    .find(([program = ""]) => isOurs(line) || isNamed.test(basename(program)));
  if (words === undefined) return { ...unread, problem: "its command cannot be read" };
  const [program = "", ...args] = words;
  const found = parseArguments(args);
  if (found.kind === "run" && found.command !== "report") return null;
  if (found.kind !== "run")
    return { ...unread, problem: found.kind === "misuse" ? found.problem : "it does not report" };
  const times = parseSchedule(parts?.[1] ?? "");
  return {
    ...unread,
    times: times.ok && times.value !== "@reboot" ? times.value : null,
    program: absolute(program.replace(/^(\$HOME|\$\{HOME\}|~)(?=\/)/, home)),
    flags: found.flags,
    problem: times.ok ? null : times.problem,
  };
}

const absolute = (program: string) => (program.startsWith("/") ? program : null);

/** `timeout -s KILL 110 PROGRAM …`, and others that start what comes after their own options. */
function withoutWrapper(words: readonly string[]): readonly string[] {
  if (basename(words[0] ?? "") === "timeout" && words[1] === "-s") return words.slice(4);
  const place = words.findIndex((word) => isNamed.test(basename(word)));
  return place === -1 ? words : words.slice(place);
}

/** The commands of a shell line, each as its words: quotes, backslashes and operators are understood, and no more. */
function commandsIn(text: string): readonly (readonly string[])[] {
  const commands: string[][] = [[]];
  const tokens = text.matchAll(/\s+|#.*|\d*[<>]+&?\d*|[|&;()]+|(?:[^\s|&;<>()'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+/g);
  for (const [token] of tokens) {
    if (/^(\d*[<>]|[|&;()])/.test(token)) commands.push([]);
    else if (!/^(\s|#)/.test(token)) commands.at(-1)?.push(unquoted(token));
  }
  return commands;
}

function unquoted(word: string): string {
  return word.replace(
    /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/g,
    (_, single?: string, double?: string, escaped?: string) =>
      single ?? double?.replace(/\\(.)/g, "$1") ?? escaped ?? "",
  );
}

/** The schedule of our units; null where the service does something else. */
export function scheduleOfUnits(place: string, service: string, timer: string, user = "root"): Schedule | null {
  const command = /^ExecStart=(.*)$/m.exec(service)?.[1] ?? "";
  const calendar = /^OnCalendar=(.*)$/m.exec(timer)?.[1]?.trim() ?? "";
  const [program = "", ...args] = (commandsIn(command.replaceAll("%%", "%").replaceAll("$$", "$"))[0] ?? []).values();
  const found = parseArguments(args);
  const step = /^(?:\*-\*-\* )?\*:0{1,2}\/(\d+)(?::0{1,2})?$/.exec(calendar)?.[1];
  if (found.kind === "run" && found.command !== "report") return null;
  return {
    kind: "timer",
    place,
    user,
    line: `OnCalendar=${calendar} ${command}`,
    times: step === undefined ? null : `*/${step} * * * *`,
    program: absolute(program),
    flags: found.kind === "run" ? found.flags : {},
    problem: found.kind === "misuse" ? found.problem : null,
  };
}
