import { expect, test } from "bun:test";
import { chmodSync, chownSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { suggest } from "../../lib/commands/suggest.ts";
import type { ProbeAnswer } from "../../lib/model/probe.ts";
import { decide } from "../../lib/settings/decide.ts";
import { loadSettings } from "../../lib/settings/load.ts";
import { parseToml } from "../../lib/settings/problems.ts";
import { ja } from "../../lib/words/ja.ts";
import { emptyBox } from "../support/box.ts";
import { root, testWhen } from "../support/programNeeds.ts";
import { temporaryDirectory } from "../support/project.ts";
import { type TestMachine, testHost } from "../support/testHost.ts";
import { type TestWorld, testWorld } from "../support/testWorld.ts";

const page = (text: string): ProbeAnswer => ({ kind: "page", text });
const printed = (output: string): ProbeAnswer => ({ kind: "program", status: 0, output, errors: "" });

/** Processes as `/proc` has them: name, command line, cgroup. */
const proc = (all: Readonly<Record<string, readonly [comm: string, cmdline: string, cgroup: string]>>) =>
  Object.fromEntries(
    Object.entries(all).flatMap(([pid, [comm, cmdline, cgroup]]) => [
      [`${pid}/comm`, `${comm}\n`],
      [`${pid}/cmdline`, `${cmdline.replaceAll(" ", "\0")}\0`],
      [`${pid}/cgroup`, `0::/${cgroup}\n`],
    ]),
  );

const settingsOf = (yaml: string) => ({ "10/cwd/.config/default.yml": yaml });
const yaml =
  "url: https://post.example.net/\nport: 3000\ndb:\n  db: misskey\nredis:\n  host: localhost\n  port: 6379\n";

const misskey: TestMachine = {
  proc: {
    ...proc({
      10: ["node", "Misskey (master)", "system.slice/misskey.service"],
      11: ["node", "Misskey (worker)", "system.slice/misskey.service"],
      12: ["redis-server", "/usr/bin/redis-server 127.0.0.1:6379", "system.slice/redis-server.service"],
      13: ["kthreadd", "", ""],
    }),
    ...settingsOf(yaml),
    "net/unix":
      "Num Path\n00: 00000002 00000000 00010000 0001 01 222 /run/postgresql/.s.PGSQL.5432\n00: 00000003 00000000 00000000 0001 03 223 /run/x\n",
    "net/tcp": " sl\n   0: 0100007F:0BB8 00000000:0000 0A 00\n   1: 0100007F:1F90 00000000:0000 01 00\n",
  },
  dirs: { "/usr/bin": ["redis-cli", "psql"] },
  probes: {
    "Inbox queue": printed("3\n"),
    "Deliver queue": printed("0\n"),
    Notes: page('{"usage":{"localPosts":51822}}'),
    Users: page('{"usage":{"users":{"total":1}}}'),
    "Known servers": page('{"instances":8123}'),
    "Misskey version": page('{"software":{"version":"2026.10.0"}}'),
    "Redis memory": printed("1048576\n"),
    "PostgreSQL connections": { kind: "program", status: 2, output: "", errors: 'FATAL:  role "root" does not exist' },
  },
};

async function run(machine: TestMachine, flags: Readonly<Record<string, string>> = {}, more: Partial<TestWorld> = {}) {
  const world = testWorld({ ...more, machine: { host: testHost(machine), clock: testWorld().clock } });
  const settings = await loadSettings({ ...world, flags });
  const code = await suggest(world, flags, settings, emptyBox());
  return { code, said: world.said.out, errors: world.said.errors };
}

test("Misskey is found with its queues, pages and database, and what has no answer is a comment with the reason", async () => {
  const { said, code } = await run(misskey);
  expect(code).toBe(0);
  expect(said).toContain("# Misskey: process node\n");
  expect(said).toContain(`# Now: 3
[[probe]]
name = "Inbox queue"
run = ["/usr/bin/redis-cli", "-h", "localhost", "-p", "6379", "LLEN", "post.example.net:queue:inbox:inbox:wait"]
warning = 500
critical = 5000
`);
  expect(said).toContain(`# Now: 8,123
[[probe]]
name = "Known servers"
url = "http://127.0.0.1:3000/api/stats"
body = "{}"
take = "instances"
every = "1h"
`);
  expect(said).toContain("# Now: 2026.10.0\n");
  expect(said).toContain('# [[probe]]\n# name = "PostgreSQL connections"\n');
  expect(said).toContain('# Not available now: FATAL:  role "root" does not exist\n');
  expect(said).toContain(
    "# To allow reading it, run once: runuser -u postgres -- psql -c 'create role root login' -c 'grant pg_monitor to root'\n",
  );
  // All of it may be pasted: what is no comment is settings.
  const parsed = parseToml(said);
  const decided = decide([{ values: parsed.ok ? parsed.value : null, nameOf: String }]);
  expect(decided.ok && decided.value.probes.map(({ name }) => name)).toEqual([
    "Inbox queue",
    "Deliver queue",
    "Notes",
    "Users",
    "Known servers",
    "Misskey version",
    "Redis memory",
  ]);
});

test("a prefix, a socket and a number of Redis's, and no port of Misskey's, are minded", async () => {
  const own = yaml
    .replace("port: 3000\n", "socket: /run/misskey.sock\n")
    .replace(
      /redis:.*$/s,
      "redis:\n  host: localhost\nredisForJobQueue:\n  host: x\n  path: /run/redis.sock\n  prefix: mk\n  db: 2\n",
    );
  const { said } = await run({ ...misskey, proc: { ...misskey.proc, ...settingsOf(own) } });
  expect(said).toContain('"-s", "/run/redis.sock", "-n", "2", "LLEN", "mk:queue:inbox:inbox:wait"');
  expect(said).not.toContain("nodeinfo");
});

test("what runs in containers is asked in them", async () => {
  const inside = (name: string) => `system.slice/docker-${name.repeat(64)}.scope`;
  const containers = ["a", "b", "c"].map((letter, index) => ({
    Id: letter.repeat(64),
    Names: [["/mk-web-1", "/mk-db-1", "/mk-redis-1"][index]],
    State: "running",
  }));
  const { said } = await run({
    proc: {
      ...proc({
        10: ["node", "Misskey (master)", inside("a")],
        20: ["postgres", "postgres", inside("b")],
        21: ["postgres", "postgres: checkpointer ", inside("b")],
        30: ["redis-server", "redis-server *:6379", inside("c")],
      }),
      "20/environ": "PATH=/bin\0POSTGRES_PASSWORD=sesame\0POSTGRES_USER=misskey-user\0",
      ...settingsOf(yaml.replace("localhost", "redis")),
    },
    getUnix: { "/var/run/docker.sock /containers/json": JSON.stringify(containers) },
    dirs: { "/usr/bin": ["docker"] },
    probes: { "Inbox queue": printed("3\n") },
  });
  expect(said).toContain("# Misskey: container mk-web-1\n");
  expect(said).toContain(
    'run = ["/usr/bin/docker", "exec", "mk-redis-1", "redis-cli", "-p", "6379", "LLEN", "post.example.net:queue:inbox:inbox:wait"]',
  );
  expect(said).toContain('"/usr/bin/docker", "exec", "mk-db-1", "psql", "-U", "misskey-user", "-d", "postgres"');
  expect(said).not.toContain("sesame");
});

test("Mastodon is found with its queues and pages, by the name that it answers to", async () => {
  const { said } = await run({
    proc: {
      ...proc({
        10: ["ruby", "puma 6.4.2 (tcp://127.0.0.1:3100) [live]", "system.slice/mastodon-web.service"],
        11: ["ruby", "sidekiq 7.3.0 live [0 of 25 busy]", "system.slice/mastodon-sidekiq.service"],
      }),
      "10/cwd/.env.production": "LOCAL_DOMAIN=a.example\nREDIS_PORT=6390\nREDIS_NAMESPACE=m\nDB_NAME=mastodon\n",
    },
    probes: { Posts: page('{"usage":{"localPosts":7}}') },
  });
  expect(said).toContain(`# Now: 7
[[probe]]
name = "Posts"
url = "http://127.0.0.1:3100/nodeinfo/2.0"
headers = { "Host" = "a.example", "X-Forwarded-Proto" = "https" }
`);
  expect(said).toContain('# run = ["/usr/bin/redis-cli", "-h", "127.0.0.1", "-p", "6390", "LLEN", "m:queue:ingress"]');
  expect(said).toContain('# unit = "mastodon-web.service"');
});

test("cron jobs are shown as jobs, and the age of what they leave is watched by how often they run", async () => {
  const machine: TestMachine = {
    files: {
      "/etc/cron.d/dump": "0 3 * * * postgres pg_dump a | gzip > /b/a-$(date +\\%F).gz\n",
      "/etc/cron.weekly/off-site": "export RESTIC_REPOSITORY=/mnt/restic/\nrestic backup /srv\n",
      "/etc/systemd/system/borg.service":
        "[Service]\nType=oneshot\nExecStart=/usr/bin/borg create /mnt/borg::{now} /srv\n",
    },
    probes: {
      "Backup a-*.gz": { kind: "file", name: "a-1.gz", ageSeconds: 3600, bytes: 9, text: null },
      "Backup restic": { kind: "file", name: "x", ageSeconds: 360_000, bytes: 9, text: null },
    },
  };
  const { said } = await run(machine);
  expect(said).toContain(`# Now: 1 h, a-1.gz
[[probe]]
name = "Backup a-*.gz"
file = "/b/a-*.gz"
unit = "hours"
warning = 26
critical = 50

# In /etc/cron.d/dump; replace it with this line to hear when it fails or does not run:
#   0 3 * * * postgres /usr/local/bin/no-such-server-metrics job pg_dump -- pg_dump a | gzip > /b/a-$(date +\\%F).gz
# To see the jobs of that user, add to the settings: [jobs] users = ["postgres"]
`);
  expect(said).toContain('file = "/mnt/restic/snapshots/*"\nunit = "hours"\nwarning = 192\n');
  expect(said).toContain('# file = "/mnt/borg/index.*"\n');
});

test("jobs have names of their own, and borg's repository is the one that is named, not what it keeps", async () => {
  const lines = [
    "0 3 * * * root pg_dump a >/b/a.sql",
    "5 3 * * * root pg_dump b >/b/b.sql",
    "9 3 * * * root mysqldump --all-databases >/b/m.sql",
    "9 4 * * * root BORG_REPO=/mnt/borg borg create ::{now} /srv",
  ];
  const { said } = await run({ files: { "/etc/cron.d/backups": `${lines.join("\n")}\n` } });
  const names = Array.from(said.matchAll(/ job (\S+) -- /g), ([, name]) => name);
  expect(names).toEqual(["pg_dump", "pg_dump-2", "mysqldump", "borg"]);
  expect(said).toContain('# file = "/mnt/borg/index.*"\n');
});

test("units that run are watched, and those that would not start at boot are not", async () => {
  const units = ["misskey", "redis-server"].map((name, index) => {
    const state = ["enabled", "disabled"][index];
    return `Id=${name}.service\nNames=${name}.service\nLoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=${state}\n`;
  });
  const { said } = await run({
    ...misskey,
    dirs: { ...misskey.dirs, "/run/systemd/system": [] },
    run: new Proxy({}, { get: () => units.join("\n") }),
  });
  expect(said).toMatch(/^# Now: .*\n\[\[service\]\]\nunit = "misskey\.service"$/m);
  expect(said).toContain('# [[service]]\n# unit = "redis-server.service"\n');
});

test("a machine with nothing says so, in the language of its reader", async () => {
  expect((await run({})).said).toBe("# Found nothing to suggest here\n");
  expect((await run({}, {}, { words: ja })).said).toBe("# 提案できるものは見つかりませんでした\n");
  expect((await run(misskey, {}, { words: ja })).said).toContain('name = "受信キュー"');
});

/** `--write` into a settings file. */
async function write(path: string, machine = misskey) {
  const readText = async (file: string) => readFileSync(file, "utf8");
  return run(machine, { write: "", config: path }, { readText });
}

test("--write keeps what is there, its mode and owner, and adds nothing twice", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "sm.toml");
  const before =
    '# mine\nname = "x"\n\n[[probe]]\nname = "Queue"\nrun = ["/usr/bin/redis-cli", "-h", "localhost", "-p", "6379", "LLEN", "post.example.net:queue:inbox:inbox:wait"]';
  writeFileSync(path, before);
  chmodSync(path, 0o640);
  const { said, code } = await write(path);
  expect(code).toBe(0);
  expect(said).toStartWith(
    `Added to ${path}: Deliver queue, Misskey, Notes, Users, Known servers, Misskey version, Redis memory\n`,
  );
  expect(said).toContain("Not added, because they have no valid answer now: ");
  const after = readFileSync(path, "utf8");
  expect(after).toStartWith(`${before}\n\n# Misskey: process node\n[[probe]]\nname = "Deliver queue"\n`);
  expect(statSync(path).mode & 0o777).toBe(0o640);
  expect(readdirSync(directory.path)).toEqual(["sm.toml"]);
  expect((await write(path)).said).toStartWith(`Nothing to add to ${path}\n`);
  expect(readFileSync(path, "utf8")).toBe(after);
});

testWhen([root])("--write leaves the file its owner, and one behind a link its place", async () => {
  using directory = temporaryDirectory();
  const [path, link] = [join(directory.path, "sm.toml"), join(directory.path, "link.toml")];
  writeFileSync(path, "");
  chownSync(path, 0, 4);
  symlinkSync("sm.toml", link);
  expect((await write(link)).code).toBe(0);
  expect(statSync(path)).toMatchObject({ uid: 0, gid: 4 });
  expect(readFileSync(path, "utf8")).toContain("[[probe]]");
});

test("--write is refused where others may change the file, and where the outcome would be none", async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, "sm.toml");
  writeFileSync(path, "");
  chmodSync(path, 0o622);
  expect(await write(path)).toMatchObject({
    code: 78,
    errors: [`settings file ${path} may be changed by others, so nothing is written into it: chown it, and chmod 600`],
  });
  chmodSync(path, 0o600);
  writeFileSync(path, "probe = []\n");
  expect(await write(path)).toMatchObject({ code: 78, errors: [expect.stringContaining("is not TOML")] });
  expect(readFileSync(path, "utf8")).toBe("probe = []\n");
});

test("Docker's own service is watched; its containers have rows of their own", async () => {
  const unit = "Id=docker.service\nNames=docker.service\nActiveState=active\nSubState=running\nUnitFileState=enabled\n";
  const { said } = await run({
    proc: {
      ...proc({ 10: ["dockerd", "/usr/bin/dockerd -H fd://", "system.slice/docker.service"] }),
      "net/unix": "Num Path\n00: 00000002 00000000 00010000 0001 01 222 /run/docker.sock\n",
    },
    dirs: { "/run/systemd/system": [] },
    run: new Proxy({}, { get: () => unit }),
  });
  expect(said).toMatch(
    /^# Docker: socket \/run\/docker\.sock\n\n# Now: .*\n\[\[service\]\]\nunit = "docker\.service"\n$/,
  );
});
