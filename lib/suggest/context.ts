import { type Host, ifThere } from "../model/host.ts";
import type { SuggestWords } from "../words/en/suggest.ts";
import { variable } from "./files.ts";
import type { Seen, SeenProcess } from "./machine.ts";
import type { ProbeSettings, Table } from "./table.ts";

/** What a recipe looks at, and the names of what it suggests. */
export interface Context {
  readonly seen: Seen;
  readonly host: Host;
  readonly words: SuggestWords;
  /** This executable. */
  readonly program: string;
}

/** What was found on the machine, and what to watch of it. */
export interface Suggestion {
  /** By what it was recognised, in words. */
  readonly by: readonly string[];
  readonly tables: readonly Table[];
  /** A cron job, and its line as it would be remembered. */
  readonly jobs?: readonly { readonly place: string; readonly user: string; readonly line: string }[];
}

export const probe = (values: ProbeSettings): Table => ({ kind: "probe", values });
export const services = (processes: readonly SeenProcess[]): readonly Table[] =>
  [...new Set(processes.flatMap(({ unit }) => unit ?? []))].map((unit) => ({ kind: "service", values: { unit } }));
export const byProcess = ({ words }: Context, { name, container }: SeenProcess): string =>
  container === null ? words.by.process(name) : words.by.container(container);
export const own = ({ seen }: Context, name: RegExp): readonly SeenProcess[] =>
  seen.processes.filter((one) => one.container === null && name.test(one.name));
export const docker = ({ seen }: Context, { container }: SeenProcess): readonly string[] =>
  container === null ? [] : [seen.program("docker") ?? "/usr/bin/docker", "exec", container];
export const read = async ({ host }: Context, path: string): Promise<string> =>
  (await ifThere(host.readFile(path)).catch(() => null)) ?? "";
export const names = async ({ host }: Context, path: string): Promise<readonly string[]> =>
  (await ifThere(host.list(path)).catch(() => null)) ?? [];
export const ofProcess = async (
  { host }: Context,
  { pid }: SeenProcess,
  ...files: readonly string[]
): Promise<string> => {
  for (const file of files) {
    const text = await host.readProc(`${pid}/${file}`).catch(() => "");
    if (text !== "") return text;
  }
  return "";
};

/** A server that is asked by a program, and what it is called where there are several. */
export interface Asked {
  readonly process: SeenProcess | null;
  readonly by: string;
  readonly ask: readonly string[];
  /** `Redis`, and where it is, for a name where there are several. */
  readonly kind: string;
  readonly place: string;
}

/** The servers of PostgreSQL: one a socket, and one a container. */
export async function postgres(context: Context): Promise<readonly Asked[]> {
  const { seen, words } = context;
  const main = seen.processes.filter(({ command }) => /^(?:\S*\/)?postgres(?: -|$)/.test(command));
  const psql = seen.program("psql") ?? "/usr/bin/psql";
  const paths = seen.sockets.flatMap((path): readonly Asked[] => {
    const [, directory, place] = /^(.*)\/\.s\.PGSQL\.(\d+)$/.exec(path) ?? [];
    if (directory === undefined || place === undefined) return [];
    const ask = [psql, "-h", directory, "-p", place, "-d", "postgres", "-Atc"];
    const process = main.find(({ container }) => container === null) ?? null;
    return [{ process, by: words.by.socket(path), ask, kind: "PostgreSQL", place }];
  });
  const contained = main
    .filter(({ container }) => container !== null)
    .map(async (process): Promise<Asked> => {
      const user = variable((await ofProcess(context, process, "environ")).replaceAll("\0", "\n"), "POSTGRES_USER");
      const ask = [...docker(context, process), "psql", "-U", user ?? "postgres", "-d", "postgres", "-Atc"];
      return { process, by: byProcess(context, process), ask, kind: "PostgreSQL", place: process.container ?? "" };
    });
  return [...paths, ...(await Promise.all(contained))];
}

/** The addresses that a program on this machine needs not be told. */
const near = /^(?:\*|0\.0\.0\.0|127\.0\.0\.1|\[?::\]?)?$/;

/** Either program asks either server. */
const client = ({ seen }: Context, first = "redis-cli"): string =>
  [first, "redis-cli", "valkey-cli"].map(seen.program).find((path) => path !== null) ?? `/usr/bin/${first}`;

/** The servers of Redis and Valkey. They write where they listen: `redis-server 127.0.0.1:6379`, `… unixsocket:/run/x.sock`. */
export function redis(context: Context): readonly Asked[] {
  const { seen } = context;
  return seen.processes.flatMap((process): readonly Asked[] => {
    const [, name = "", socket, host = "", port = ""] =
      /^(?:\S*\/)?(redis|valkey)-server (?:unixsocket:(\S+)|(\S*):(\d+))/.exec(process.command) ?? [];
    if (name === "") return [];
    const inside = [...docker(context, process), `${name}-cli`];
    const place = socket === undefined ? [...(near.test(host) ? [] : ["-h", host]), "-p", port] : ["-s", socket];
    const ask = [...(process.container === null ? [client(context, `${name}-cli`)] : inside), ...place];
    const kind = name === "redis" ? "Redis" : "Valkey";
    return [{ process, by: byProcess(context, process), ask, kind, place: process.container ?? port }];
  });
}

/** What there is to watch of some servers. */
export function suggestionFor(
  all: readonly Asked[],
  numbers: (ask: Asked["ask"], label: string) => readonly Table[],
): Suggestion | null {
  if (all.length === 0) return null;
  const labelOf = ({ kind, place }: Asked) => (all.length === 1 ? kind : `${kind} ${place}`.trim());
  return {
    by: [...new Set(all.map(({ by }) => by))],
    tables: [
      ...services(all.flatMap(({ process }) => process ?? [])),
      ...all.flatMap((one) => numbers(one.ask, labelOf(one))),
    ],
  };
}

/** So many of what waits in a list or a sorted set of Redis. */
export const length = (
  ask: readonly string[],
  name: string,
  count: "LLEN" | "ZCARD",
  key: string,
  most: number,
  far?: number,
): Table => probe({ name, run: [...ask, count, key], warning: most, ...(far === undefined ? {} : { critical: far }) });

/** The Redis of a program's settings; of one in a container the Redis in another. */
export function askRedis(
  context: Context,
  { container }: SeenProcess,
  value: (name: string) => string | null,
): Asked["ask"] {
  const inside = redis(context).find(({ process }) => process?.container !== null);
  if (container !== null && inside !== undefined) return inside.ask;
  const cli = client(context);
  const [path, host, port, database] = [value("path"), value("host"), value("port"), value("db")];
  const place = path === null ? ["-h", host ?? "127.0.0.1", "-p", port ?? "6379"] : ["-s", path];
  return [cli, ...place, ...(database === null || database === "0" ? [] : ["-n", database])];
}

/** The size of a program's database, where its server is. */
export async function databaseOf(
  context: Context,
  { container }: SeenProcess,
  name: string | null,
): Promise<readonly Table[]> {
  const isNear = ({ process }: Asked) => ((process?.container ?? null) === null) === (container === null);
  const server = (await postgres(context)).find(isNear);
  if (server === undefined || name === null || !/^[\w-]+$/.test(name)) return [];
  const run = [...server.ask, `select pg_database_size('${name}')`];
  return [probe({ name: context.words.names.database(name), run, unit: "bytes", every: "1h" })];
}
