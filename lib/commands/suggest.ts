import { dirname } from "node:path";

import type { Flags } from "../cli/parse.ts";
import { type ExitCode, exitCodes } from "../exit.ts";
import { printable } from "../format.ts";
import { rewriteFile } from "../host/replaceFile.ts";
import { type Box, thisBox, userOf } from "../install/box.ts";
import { seeCrontabs } from "../install/seen.ts";
import { checkSettings } from "../settings/decide.ts";
import { type LoadedSettings, settingsPlaces } from "../settings/load.ts";
import { parseToml } from "../settings/problems.ts";
import type { Context } from "../suggest/context.ts";
import { lookAround } from "../suggest/machine.ts";
import { recipes } from "../suggest/recipes.ts";
import { asToml, withTables } from "../suggest/table.ts";
import type { SuggestWords } from "../words/en/suggest.ts";
import { complain, type World } from "../world.ts";
import { type Proposed, tryOut, type Tried } from "./suggest/tryOut.ts";

/** Prints settings for what runs here, or with `--write` adds what has a good answer now. */
export async function suggest(
  world: World,
  flags: Flags,
  settings: LoadedSettings,
  box: Box = thisBox,
): Promise<ExitCode> {
  if (!settings.ok) {
    complain(world, settings.problems);
    return exitCodes.config;
  }
  const { machine, output, programFile } = world;
  const words = await world.words.later.suggest();
  output.doing("looking around");
  const seen = await lookAround(machine.host, await seeCrontabs(world, box));
  const context: Context = { seen, host: machine.host, words, program: programFile };
  const proposed: Proposed[] = [];
  for (const [recipe, { access, find }] of Object.entries(recipes)) {
    const suggestion = await find(context);
    const readable = access?.replaceAll("{user}", userOf(world.env, box)) ?? null;
    if (suggestion !== null) proposed.push({ recipe, access: readable, ...suggestion });
  }
  output.doing("asking what was found");
  const found = await tryOut(world, settings.value, proposed);
  output.doing(null);
  return flags.write === undefined ? print(world, found, proposed.length, words) : write(world, settings, found, words);
}

const comment = (text: string) => `# ${printable(text)}`;
const lines = (text: string) => text.split("\n").map(printable);

/** Settings with a good answer as TOML, the others as comments, so that the whole output can be pasted. */
function textOf({ recipe, by, access, tables, jobs }: Tried, words: SuggestWords): readonly string[] {
  const isMissing = tables.some(({ table, isWell }) => table.kind === "probe" && !isWell);
  return [
    comment(words.found(recipe, by)),
    ...(isMissing && access !== null ? [comment(words.access(access))] : []),
    ...tables.flatMap(({ table, isWell, says }) => {
      const toml = lines(asToml(table));
      return ["", comment(isWell ? words.now(says) : words.notNow(says)), ...(isWell ? toml : toml.map(comment))];
    }),
    ...jobs.flatMap(({ place, user, line }) => [
      "",
      comment(words.job(place)),
      comment(`  ${line}`),
      ...(user === "root" || place === "your crontab" ? [] : [comment(words.jobsOf(user))]),
    ]),
  ];
}

function print({ output }: World, found: readonly Tried[], all: number, words: SuggestWords): ExitCode {
  const isNew = ({ tables, jobs }: Tried) => tables.length > 0 || jobs.length > 0;
  const parts = found.filter(isNew).map((one) => textOf(one, words).join("\n"));
  const empty = comment(all === 0 ? words.nothing : words.allThere);
  output.out(`${(parts.length === 0 ? [empty] : parts).join("\n\n")}\n`);
  return exitCodes.ok;
}

async function write(
  world: World,
  { file }: LoadedSettings,
  found: readonly Tried[],
  words: SuggestWords,
): Promise<ExitCode> {
  const path = file ?? settingsPlaces(world).findLast((place) => !place.startsWith(dirname(world.programFile))) ?? "";
  const all = found.flatMap(({ tables }) => tables);
  const good = all.filter(({ isWell }) => isWell);
  const parts = found.flatMap(({ recipe, by, tables }) => {
    const own = tables.filter(({ isWell }) => isWell).map(({ table }) => lines(asToml(table)).join("\n"));
    return own.length === 0 ? [] : [[comment(words.found(recipe, by)), ...own].join("\n")];
  });
  const nameOf = ({ table: { values } }: (typeof all)[number]) => ("name" in values ? values.name : values.unit);
  const problem = good.length === 0 ? null : await add(world, file, path, parts);
  if (problem !== null) {
    complain(world, [`settings file ${path} ${problem}`]);
    return exitCodes.config;
  }
  const said = good.length === 0 ? words.nothingWritten(path) : words.written(path, good.map(nameOf));
  const left = all.filter(({ isWell }) => !isWell).map(nameOf);
  const more = left.length === 0 ? [] : [words.left(left)];
  world.output.out([said, ...more].map((line) => `${printable(line)}\n`).join(""));
  return exitCodes.ok;
}

/** Adds tables to a settings file; null when that is done, otherwise why not, in a clause. */
async function add(world: World, file: string | null, path: string, parts: readonly string[]): Promise<string | null> {
  const before = file === null ? "" : await world.readText(file);
  const text = withTables(before, parts);
  const [parsed, old] = [parseToml(text), parseToml(before)];
  if (!parsed.ok) return `with more in it ${parsed.problem}`;
  const isNew = (kind: string) => kind in parsed.value && !(old.ok && kind in old.value);
  const lost = ["service", "http", "tcp", "probe"].find((kind) => isNew(kind) && kind in Object(world.baked.settings));
  if (lost !== undefined) return `would replace the [[${lost}]] tables that were built in: write those into it first`;
  const [problem] = checkSettings(parsed.value, path);
  return problem ?? rewriteFile(path, text);
}
