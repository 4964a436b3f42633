import { createFormat } from "../../format.ts";
import { httpChecks } from "../../metrics/httpChecks.ts";
import { probes } from "../../metrics/probes.ts";
import { services } from "../../metrics/services.ts";
import { tcpChecks } from "../../metrics/tcpChecks.ts";
import type { Metric } from "../../model/metric.ts";
import type { Config } from "../../settings/config.ts";
import { decide } from "../../settings/decide.ts";
import { mostProbes } from "../../settings/probes.ts";
import type { Suggestion } from "../../suggest/context.ts";
import type { Table } from "../../suggest/table.ts";
import type { World } from "../../world.ts";

/** What a recipe found, with the command that gives the right to read it. */
export interface Proposed extends Suggestion {
  readonly recipe: string;
  readonly access: string | null;
}

/** A table that the settings do not have, and what it says now. */
export interface Suggested {
  readonly table: Table;
  readonly isWell: boolean;
  readonly says: string;
}

/** What was found, without what the settings have. */
export interface Tried extends Omit<Proposed, "tables" | "jobs"> {
  readonly tables: readonly Suggested[];
  readonly jobs: NonNullable<Suggestion["jobs"]>;
}

/** Leaves out what the settings ask already, and asks the rest once, as a report would. */
export async function tryOut(world: World, config: Config, proposed: readonly Proposed[]): Promise<readonly Tried[]> {
  const known = new Set(questionsOf(config));
  const named = new Set([...config.probes, ...config.http, ...config.tcp].map(({ name }) => name));
  let left = Math.max(0, mostProbes - config.probes.length);
  const chosen = proposed.map(({ tables }) =>
    tables.flatMap((table) => {
      const [question = ""] = questionsOf(decided([table]));
      if (known.has(question) || (table.kind === "probe" && left === 0)) return [];
      known.add(question);
      if (table.kind === "probe") left -= 1;
      return [withOwnName(table, named)];
    }),
  );
  const answers = await ask(world, decided(chosen.flat()), config.units);
  return proposed.map(({ recipe, access, by, jobs = [] }, index) => {
    const tables = (chosen[index] ?? []).map((table) => {
      const { isWell, says } = answers[table.kind].shift() ?? { isWell: false, says: "" };
      return { table, isWell, says };
    });
    return { recipe, access, by, jobs, tables };
  });
}

/** The tables as the settings make them. Throws for what is no setting: a mistake in a recipe. */
function decided(tables: readonly Table[]): Config {
  const values = Object.fromEntries(
    Map.groupBy(tables, ({ kind }) => kind)
      .entries()
      .map(([kind, all]) => [kind, all.map((table) => table.values)]),
  );
  const config = decide([{ values, nameOf: (setting) => setting }]);
  if (!config.ok) throw new Error(config.problems.join("; "));
  return config.value;
}

/** The question that a check asks, without its name and limits. */
function questionsOf({ services: units, http, tcp, probes: all }: Config): readonly string[] {
  return [
    ...units.map(({ unit }) => unit),
    ...http.map(({ url }) => url),
    ...tcp.map(({ host, port }) => `${host} ${port}`),
    ...all.map(({ source, take }) => JSON.stringify([source, take ?? (source.kind === "file" ? "age" : null)])),
  ];
}

const longestName = 40;

/** Names are unique in the settings. */
function withOwnName(table: Table, named: Set<string>): Table {
  if (table.kind === "service") return table;
  const { name } = table.values;
  let own = name.slice(0, longestName);
  for (let count = 2; named.has(own); count += 1) own = `${name.slice(0, longestName - 4)} ${count}`;
  named.add(own);
  switch (table.kind) {
    case "http":
      return { ...table, values: { ...table.values, name: own } };
    case "tcp":
      return { ...table, values: { ...table.values, name: own } };
    case "probe":
      return { ...table, values: { ...table.values, name: own } };
  }
}

/** What each says, by kind, in the order of the settings. */
async function ask({ machine: { host, clock }, words }: World, config: Config, units: Config["units"]) {
  const wording = { words, format: createFormat(units) };
  const answers = async <One>({ collect, describe }: Pick<Metric<One[]>, "collect" | "describe">) => {
    const found = await collect(host, config, { before: null, clock }).catch(() => []);
    return found.map((one) => {
      const [row] = describe([one], { sample: null, report: null }, wording);
      return { isWell: row !== undefined && row.importance !== "notable", says: words.list(row?.lines ?? []) };
    });
  };
  const [service, http, tcp, probe] = await Promise.all([
    answers(services),
    answers(httpChecks),
    answers(tcpChecks),
    answers(probes),
  ]);
  return { service, http, tcp, probe };
}
