import { variable, yamlValue } from "./files.ts";
import {
  askRedis,
  byProcess,
  databaseOf,
  type Suggestion,
  type Context,
  length,
  ofProcess,
  probe,
  services,
} from "./context.ts";
import type { SeenProcess } from "./machine.ts";
import type { Table } from "./table.ts";

/** Misskey: its settings are read where it runs. Sources: its `config.ts`, `queue/const.ts` and `NodeinfoServerService.ts`. */
export async function misskey(context: Context): Promise<Suggestion | null> {
  const { seen, words } = context;
  const process = seen.processes.find(({ command }) => command.startsWith("Misskey ("));
  if (process === undefined) return null;
  const text = await ofProcess(context, process, "cwd/.config/default.yml", "cwd/../../.config/default.yml");
  const port = yamlValue(text, "port") ?? (text === "" ? "3000" : null);
  const page = (path: string) => `http://127.0.0.1:${port}${path}`;
  const number = (name: string, take: string) => probe({ name, url: page("/nodeinfo/2.1"), take });
  const pages: readonly Table[] = [
    { kind: "http", values: { url: page("/healthz"), name: "Misskey" } },
    number(words.names.notes, "usage.localPosts"),
    number(words.names.users, "usage.users.total"),
    probe({ name: words.names.instances, url: page("/api/stats"), body: "{}", take: "instances", every: "1h" }),
    number(words.names.version("Misskey"), "software.version"),
  ];
  return {
    by: [byProcess(context, process)],
    tables: [
      ...services([process]),
      ...misskeyQueues(context, process, text),
      ...(port === null ? [] : pages),
      ...(await databaseOf(context, process, yamlValue(text, "db.db"))),
    ],
  };
}

function misskeyQueues(context: Context, process: SeenProcess, text: string): readonly Table[] {
  const { inboxWaiting, inboxDelayed, deliverWaiting, deliverDelayed } = context.words.names;
  const table = yamlValue(text, "redisForJobQueue.host") === null ? "redis" : "redisForJobQueue";
  const url = URL.parse(yamlValue(text, "url") ?? "");
  if (url === null) return [];
  const ask = askRedis(context, process, (name) => yamlValue(text, `${table}.${name}`));
  const key = (queue: string, kind: string) =>
    `${yamlValue(text, `${table}.prefix`) ?? url.host}:queue:${queue}:${queue}:${kind}`;
  return [
    length(ask, inboxWaiting, "LLEN", key("inbox", "wait"), 500, 5000),
    length(ask, deliverWaiting, "LLEN", key("deliver", "wait"), 1000, 10_000),
    length(ask, inboxDelayed, "ZCARD", key("inbox", "delayed"), 10_000),
    length(ask, deliverDelayed, "ZCARD", key("deliver", "delayed"), 10_000),
  ];
}

/** Mastodon: Puma and Sidekiq say what they are; `.env.production` says the rest. Sources: `1_hosts.rb`, `nodeinfo/serializer.rb`. */
export async function mastodon(context: Context): Promise<Suggestion | null> {
  const { seen, words } = context;
  const all = seen.processes.filter(({ command }) => /^(?:puma|sidekiq) \d/.test(command));
  for (const process of all) {
    const text = (await ofProcess(context, process, "cwd/.env.production", "environ")).replaceAll("\0", "\n");
    const domain = variable(text, "LOCAL_DOMAIN");
    if (domain === null) continue;
    const port = /\(tcp:\/\/\S+:(\d+)\)/.exec(all.map(({ command }) => command).join("\n"))?.[1] ?? "3000";
    const headers = { Host: variable(text, "WEB_DOMAIN") ?? domain, "X-Forwarded-Proto": "https" };
    const number = (name: string, path: string, take: string) =>
      probe({ name, url: `http://127.0.0.1:${port}${path}`, headers, take });
    const ask = askRedis(context, process, (name) => variable(text, `REDIS_${name.toUpperCase()}`));
    const space = variable(text, "REDIS_NAMESPACE");
    const key = (name: string) => (space === null ? name : `${space}:${name}`);
    return {
      by: [...new Set(all.map((one) => byProcess(context, one)))],
      tables: [
        ...services(all.filter(({ container }) => container === process.container)),
        ...["default", "ingress", "push", "pull"].map((name) =>
          length(ask, words.names.queue(name), "LLEN", key(`queue:${name}`), 1000, 10_000),
        ),
        length(ask, words.names.retries, "ZCARD", key("retry"), 10_000),
        length(ask, words.names.dead, "ZCARD", key("dead"), 10_000),
        number(words.names.posts, "/nodeinfo/2.0", "usage.localPosts"),
        number(words.names.users, "/nodeinfo/2.0", "usage.users.total"),
        number(words.names.instances, "/api/v1/instance", "stats.domain_count"),
        number(words.names.version("Mastodon"), "/nodeinfo/2.0", "software.version"),
        ...(await databaseOf(context, process, variable(text, "DB_NAME"))),
      ],
    };
  }
  return null;
}
