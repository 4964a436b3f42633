import { borg, dump, restic } from "./backups.ts";
import { mastodon, misskey } from "./fediverse.ts";
import type { Suggestion, Context } from "./context.ts";
import { dockerEngine, mariadb, postgresql, redisServers } from "./servers.ts";
import { caddy, certbot, nginx } from "./web.ts";

/** How something is found on a machine, and what is worth watching there. */
export interface Recipe {
  /** For the table in the README: by what it is found, and what it was tried on. */
  readonly recognised: string;
  readonly triedOn: string;
  /** The command that lets `{user}` read it; null where nothing is needed. */
  readonly access: string | null;
  readonly find: (context: Context) => Promise<Suggestion | null>;
}

/** Every recipe. What is its owner's own comes first: a card has room for six rows. */
export const recipes: Readonly<Record<string, Recipe>> = {
  Misskey: {
    recognised: "its process, and its `.config/default.yml`",
    triedOn:
      "queues of real BullMQ that fill up; its process and pages by a stand-in with bodies as Misskey documents them",
    access: null,
    find: misskey,
  },
  Mastodon: {
    recognised: "the processes of Puma and Sidekiq, and `.env.production`",
    triedOn:
      "a stand-in with bodies as Mastodon documents them; lists and sets in a real Redis that fill up as Sidekiq's",
    access: null,
    find: mastodon,
  },
  "pg_dump, mysqldump": {
    recognised: "crontabs, scripts of `/etc/cron.daily` and its like, services of systemd",
    triedOn: "dumps of a real pg_dump and a real mysqldump that are deleted",
    access: null,
    find: async (context) => dump(context),
  },
  restic: {
    recognised: "the same; a repository in a directory",
    triedOn: "a real repository without a new snapshot, and deleted",
    access: null,
    find: async (context) => restic(context),
  },
  borg: {
    recognised: "the same; a repository in a directory",
    triedOn: "a real repository without a new archive, and deleted",
    access: null,
    find: async (context) => borg(context),
  },
  PostgreSQL: {
    recognised: "its sockets, and its processes in containers",
    triedOn: "a real server that has no connections left, and that stops; of one in a container only the command",
    access: "runuser -u postgres -- psql -c 'create role {user} login' -c 'grant pg_monitor to {user}'",
    find: postgresql,
  },
  "Redis, Valkey": {
    recognised: "its process, which says where it listens",
    triedOn:
      "a real Redis and a real Valkey that cannot save, and that stop; in a container with a stand-in for Docker",
    access: null,
    find: async (context) => redisServers(context),
  },
  MariaDB: {
    recognised: "its socket",
    triedOn: "a real server that has no connections left, and that stops",
    access: "mariadb -e \"create user if not exists '{user}'@'localhost' identified via unix_socket\"",
    find: async (context) => mariadb(context),
  },
  nginx: {
    recognised: "its process, and the certificates in `/etc/nginx`",
    triedOn: "a real server that stops, and whose certificate expires",
    access: null,
    find: nginx,
  },
  Caddy: {
    recognised: "its process, port 2019, and where it keeps its certificates",
    triedOn: "a real server that stops, and whose certificate expires",
    access: null,
    find: caddy,
  },
  certbot: {
    recognised: "`/etc/letsencrypt/live`, and its timer",
    triedOn: "a real certbot with a real authority of ACME, whose certificate expires, and whose timer stops",
    access: null,
    find: certbot,
  },
  Docker: {
    recognised: "its socket",
    triedOn: "a stand-in for its socket",
    access: null,
    find: async (context) => dockerEngine(context),
  },
};
