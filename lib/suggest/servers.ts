import { type Suggestion, suggestionFor, type Context, own, postgres, probe, redis, services } from "./context.ts";

export function mariadb(context: Context): Suggestion | null {
  const { seen, words } = context;
  const cli = seen.program("mariadb") ?? seen.program("mysql") ?? "/usr/bin/mariadb";
  const socket = seen.sockets.find((path) => /\/(?:mysqld?|mariadb)\.sock$/.test(path));
  if (socket === undefined) return null;
  const ask = (query: string) => [cli, "--no-defaults", "-S", socket, "-NBe", query];
  const used = "select variable_value * 100 / @@max_connections from information_schema.global_status";
  return {
    by: [words.by.socket(socket)],
    tables: [
      ...services(own(context, /^(?:mariadbd|mysqld)$/)),
      probe({
        name: words.names.connections("MariaDB"),
        run: ask(`${used} where variable_name = 'THREADS_CONNECTED'`),
        unit: "percent",
        warning: 80,
        critical: 95,
      }),
      probe({
        name: words.names.databases("MariaDB"),
        run: ask("select sum(data_length + index_length) from information_schema.tables"),
        unit: "bytes",
        every: "1h",
      }),
    ],
  };
}

/** What the server of PostgreSQL says of itself. `numbackends` needs no rights. */
export async function postgresql(context: Context): Promise<Suggestion | null> {
  const { names: named } = context.words;
  return suggestionFor(await postgres(context), (ask, label) => [
    probe({
      name: named.connections(label).slice(0, 40),
      run: [...ask, "select sum(numbackends) * 100.0 / current_setting('max_connections')::int from pg_stat_database"],
      unit: "percent",
      warning: 80,
      critical: 95,
    }),
    probe({
      name: named.databases(label).slice(0, 40),
      run: [...ask, "select sum(pg_database_size(oid)) from pg_database where datallowconn"],
      unit: "bytes",
      every: "1h",
    }),
    probe({
      name: label === "PostgreSQL" ? named.writeAheadLog : `WAL ${label}`.slice(0, 40),
      run: [...ask, "select sum(size) / 2 ^ 30 from pg_ls_waldir()"],
      unit: "GiB",
      warning: 10,
      critical: 30,
    }),
  ]);
}

/** `EVAL` takes one number out of what INFO says. */
const info = (ask: readonly string[], section: string, script: string) => [
  ...ask,
  "EVAL",
  `local i = redis.call('INFO', '${section}') return ${script}`,
  "0",
];

export const redisServers = (context: Context): Suggestion | null =>
  suggestionFor(redis(context), (ask, label) => [
    probe({
      name: context.words.names.memory(label),
      run: info(ask, "memory", "tonumber(string.match(i, 'used_memory:(%d+)'))"),
      unit: "bytes",
    }),
    probe({
      name: context.words.names.saved(label),
      run: info(ask, "persistence", "string.find(i, 'rdb_last_bgsave_status:ok', 1, true) and 0 or 1"),
      critical: 1,
    }),
  ]);

/** Its containers have rows and rules of their own. */
export function dockerEngine(context: Context): Suggestion | null {
  const { seen, words } = context;
  const socket = seen.sockets.find((path) => /^(?:\/var)?\/run\/docker\.sock$/.test(path));
  if (socket === undefined) return null;
  return { by: [words.by.socket(socket)], tables: services(own(context, /^dockerd$/)) };
}
