import type { Mute } from "../alerts/alert.ts";
import { everything, mutedAs, targetOfKey } from "../alerts/mutes.ts";
import { rules } from "../alerts/rules.ts";
import type { Flags } from "../cli/parse.ts";
import { dayMs, hourMs } from "../clock.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { isoTime, jsonText, localInstant, localText, printable } from "../format.ts";
import { targetName } from "../model/rule.ts";
import { didYouMean } from "../nearest.ts";
import type { Config } from "../settings/config.ts";
import { attempt } from "../state/fault.ts";
import { readMutes, removeMute, writeMute } from "../state/mutes.ts";
import { choiceOf } from "../state/opening.ts";
import { consult, findStateFile, openForNoting } from "../state/reading.ts";
import { readTargets } from "../state/targets.ts";
import type { State } from "../state/state.ts";
import { asText, headOf, paint } from "../render/terminal/frame.ts";
import { textOptions } from "../render/terminal/options.ts";
import { clipTo, padTo } from "../render/terminal/wrap.ts";
import { complain, type World } from "../world.ts";
import { machineName } from "./findings.ts";

/** Mutes a target, everything with `--all`, or lists with `--list` what is muted. */
export async function mute(
  world: World,
  config: Pick<Config, "name" | "timezone">,
  flags: Flags,
  target: string,
): Promise<ExitCode> {
  if (flags.list !== undefined) return list(world, config, flags);
  const nowMs = world.machine.clock.now();
  const until = untilOf(flags, nowMs, config.timezone);
  const named = namedBy(flags, target);
  if (!until.ok || named === null) {
    return misuse(
      world,
      until.ok ? 'expected a target, as "server-metrics check --rules" has it, or --all' : until.problem,
    );
  }
  if (named === everything && until.ms === null) return misuse(world, "--all needs --for or --until");
  const why = flags.why === undefined ? null : printable(flags.why).trim().slice(0, longestWhy) || null;
  return change(world, flags, (database) => {
    const found = named === everything ? everything : findTarget(database, named, until.ms === null);
    if (typeof found !== "string") return found;
    writeMute(database, { target: found, sinceMs: nowMs, untilMs: until.ms, why });
    const end = until.ms === null ? null : localText(until.ms, nowMs, config.timezone);
    const what = found === everything ? world.words.mute.everything : found;
    world.output.out(`${printable(world.words.mute.row(what, end, why))}\n`);
    return null;
  });
}

/** Lets a target be announced again. */
export async function unmute(world: World, _config: unknown, flags: Flags, target: string): Promise<ExitCode> {
  const named = namedBy(flags, target);
  if (named === null) return misuse(world, 'expected a target, as "server-metrics mute --list" has it, or --all');
  const nowMs = world.machine.clock.now();
  return change(world, flags, (database) => {
    const mutes = readMutes(database);
    const known = mutes.find((one) => one.target === named);
    if (known === undefined)
      return notFound(
        named,
        mutes.map((one) => one.target),
        "is not muted",
      );
    // What was held back is told by the next run, which has to know that there was such a time.
    if (named === everything) writeMute(database, { ...known, untilMs: nowMs });
    else removeMute(database, known);
    return null;
  });
}

const longestWhy = 200;

type Database = State["database"];

/** What is wrong with what was typed. */
interface Refusal {
  readonly refused: string;
}

function namedBy(flags: Flags, target: string): string | null {
  if (flags.all !== undefined) return target === "" ? everything : null;
  return target === "" || target === everything ? null : target;
}

/** Writes to the state beside a run at work, which has the lock. */
async function change(world: World, flags: Flags, write: (database: Database) => Refusal | null): Promise<ExitCode> {
  const file = await findStateFile(await choiceOf(world, flags));
  const database = openForNoting(file);
  if (database === null) {
    complain(world, ["no state yet: the first report creates it, and --state-dir names another place"]);
    return exitCodes.noState;
  }
  const written = attempt(() => write(database));
  database.close();
  if (!written.ok) {
    complain(world, [`no state: ${written.problem}`]);
    return exitCodes.noState;
  }
  return written.value === null ? exitCodes.ok : misuse(world, written.value.refused);
}

function misuse(world: World, problem: string): ExitCode {
  complain(world, [problem]);
  return exitCodes.usage;
}

/** A target that was seen on this machine, as it was typed. */
function findTarget(database: Database, typed: string, untilOver: boolean): string | Refusal {
  const seen = Object.entries(readTargets(database, 0)).flatMap(([key, state]) => {
    const target = targetOfKey(key);
    if (target === null) return [];
    const { rule, labels } = target;
    const name = printable(targetName(rules[rule], labels));
    return [{ names: [mutedAs(rule, labels), name].filter(Boolean), isBad: state.severity !== null }];
  });
  const meant = seen.filter(({ names }) => names.includes(typed));
  if (meant.length === 0) {
    return notFound(
      typed,
      seen.flatMap(({ names }) => names),
      "is not a target seen here",
    );
  }
  if (untilOver && !meant.some(({ isBad }) => isBad)) {
    return {
      refused: `${typed} is fine now, so there is no end to wait for: say how long, with --for or --until`,
    };
  }
  return typed;
}

function notFound(typed: string, known: readonly string[], problem: string): Refusal {
  return { refused: `${JSON.stringify(typed)} ${problem}${didYouMean(typed, known)}` };
}

type Until = { readonly ok: true; readonly ms: number | null } | { readonly ok: false; readonly problem: string };

const unitMs: Readonly<Record<string, number>> = { m: hourMs / 60, h: hourMs, d: dayMs };

/** When a mute ends; null when the incident is over. */
function untilOf({ for: length, until }: Flags, nowMs: number, timezone: string | null): Until {
  if (length !== undefined && until !== undefined) return { ok: false, problem: "expected --for or --until, not both" };
  if (length !== undefined) {
    const [, digits = "", unit = ""] = /^(\d{1,4})([mhd])$/.exec(length) ?? [];
    const ms = Number(digits) * (unitMs[unit] ?? 0);
    if (ms > 0) return { ok: true, ms: nowMs + ms };
    return { ok: false, problem: `--for: expected a time such as 30m, 2h or 3d, got ${JSON.stringify(length)}` };
  }
  if (until === undefined) return { ok: true, ms: null };
  const ms = localInstant(until, timezone);
  if (ms !== null && ms > nowMs) return { ok: true, ms };
  const expected = "a day or time to come, such as 2026-12-01 or 2026-12-01T07:00";
  return { ok: false, problem: `--until: expected ${expected}, got ${JSON.stringify(until)}` };
}

async function list(
  world: World,
  { name, timezone }: Pick<Config, "name" | "timezone">,
  flags: Flags,
): Promise<ExitCode> {
  const nowMs = world.machine.clock.now();
  const all = (await consult(await choiceOf(world, flags), nowMs, readMutes)) ?? [];
  const mutes = all.filter(({ untilMs }) => untilMs === null || untilMs > nowMs);
  if (flags.json !== undefined) {
    world.output.out(jsonText({ schema: 1, mutes: mutes.map(forPrograms) }));
    return exitCodes.ok;
  }
  const options = textOptions(world, { timezone }, Bun);
  const { columns, ruler } = options;
  const forms = world.words.mute;
  const rows = mutes.map(({ target, untilMs, why }) => [
    target === everything ? forms.everything : printable(target),
    untilMs === null ? forms.over : localText(untilMs, nowMs, timezone),
    printable(why ?? ""),
  ]);
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => ruler.stringWidth(row[column] ?? ""))));
  const lines = rows.map((row) => `  ${row.map((text, column) => padTo(text, widths[column] ?? 0, ruler)).join("  ")}`);
  const head = headOf(
    { mark: "ok", name: await machineName(world, name), verdict: forms.count(mutes.length), facts: [] },
    options,
  );
  const mend = mutes.length === 0 ? [] : ["", paint("dim", `  ${forms.howToEnd}`, options)];
  const shown = lines.map((line) => clipTo(line, columns ?? Infinity, ruler));
  world.output.out(asText([...head, ...(mutes.length === 0 ? [] : [""]), ...shown, ...mend], options));
  return exitCodes.ok;
}

function forPrograms({ target, sinceMs, untilMs, why }: Mute) {
  return { target, since: isoTime(sinceMs), until: untilMs === null ? "over" : isoTime(untilMs), why };
}
