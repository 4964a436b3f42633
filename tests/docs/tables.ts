import {
  type CommandDefinition,
  type CommandName,
  commandNames,
  commands,
  commonOptions,
  defaultCommand,
  type OptionName,
  options,
} from "../../lib/cli/commands.ts";
import { exitCodes, exitMeanings } from "../../lib/exit.ts";
import { inBaseUnits, ownDefinitions } from "../../lib/export/run.ts";
import { captureKeys } from "../../lib/host/captured.ts";
import { definitions } from "../../lib/metrics/index.ts";
import { errors, startErrors } from "../firstHour/words.ts";
import { code, type Table, table } from "./table.ts";

/** Every command. */
export function commandTable(): Table {
  return table(
    ["command", "what it does", "options"],
    commandNames.map((name) => {
      const { description, choices = [], options: own }: CommandDefinition = commands[name];
      const typed = name === defaultCommand ? `[${name}]` : [name, choices.join("|")].filter(Boolean).join(" ");
      return [code(`server-metrics ${typed}`), description, own.map(flag).join(" ")];
    }),
  );
}

/** Every option, in the order of the commands that take it; those of every command last. */
export function optionTable(): Table {
  const own = commandNames.flatMap(optionsOf);
  return table(
    ["option", "meaning", "commands"],
    [...new Set([...own, ...commonOptions])].map((name) => [
      code(options[name].usage),
      [options[name].description, ...otherMeanings(name)].join("; "),
      commonOptions.includes(name) ? "all" : takers(name).join(", "),
    ]),
  );
}

/** What a command calls an option that means something else to it. */
const otherMeanings = (name: OptionName): readonly string[] =>
  takers(name).flatMap((command) => {
    const { descriptions = {} }: CommandDefinition = commands[command];
    const own = descriptions[name];
    return own === undefined ? [] : [`${code(command)}: ${own}`];
  });

const takers = (name: OptionName): readonly CommandName[] =>
  commandNames.filter((command) => optionsOf(command).includes(name));

const optionsOf = (command: CommandName): readonly OptionName[] => commands[command].options;

const flag = (name: OptionName): string => code(options[name].usage.replace(/ <.*/, ""));

/** Every exit code; two reasons may share one. */
export function exitTable(): Table {
  const reasons = Map.groupBy(Object.entries(exitCodes), ([, number]) => number);
  const meanings: Readonly<Record<string, string>> = exitMeanings;
  return table(
    ["code", "meaning"],
    Array.from(reasons, ([number, names]) => [`${number}`, names.map(([name]) => meanings[name]).join("; ")]),
  );
}

/** Every name that an engine can see. */
export function nameTable(): Table {
  const names = [...definitions.keys(), ...Object.keys(ownDefinitions)];
  const rows = names.flatMap((name) => {
    const number = inBaseUnits({ name, labels: {}, value: 1 });
    if (number === null) return [];
    const { otlp, type, help } = number.definition;
    const attributes = Object.values(otlp?.attributes ?? {}).map((value) => ` ${value}`);
    const semantic = otlp === undefined ? "" : `${code(otlp.name)}${attributes.join("")}`;
    return [[code(`server_metrics_${number.name}`), type, semantic, help]];
  });
  return table(["Prometheus", "Type", "OTLP", "Meaning"], rows);
}

/** Every error of the first hour. */
export const errorTable = (): Table =>
  table(
    ["because", "it says"],
    Object.entries(errors).map(([reason, words]) => [reason, code(words)]),
  );

/** Every way in which the program does not start. */
export const startErrorTable = (): Table =>
  table(
    ["because", "you see", "do"],
    Object.entries(startErrors).map(([reason, { words, remedy }]) => [reason, code(words), remedy]),
  );

/** Every key of a `machine.json`. */
export const captureTable = (): Table =>
  table(
    ["key", "meaning"],
    Object.entries(captureKeys).map(([key, meaning]) => [code(key), meaning]),
  );
