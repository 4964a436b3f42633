import { expect } from "bun:test";
import { readdirSync } from "node:fs";

import { suggest as words } from "../../../lib/words/en/suggest.ts";
import { binary } from "../../support/binary.ts";
import { namespaces } from "../../support/needs.ts";
import { packageFile, program, testWhen } from "../../support/programNeeds.ts";
import { toolFile } from "../../tools/tools.ts";
import { openLife } from "./life.ts";

testWhen([namespaces, program("ip"), packageFile("/usr/lib/postgresql")])(
  "PostgreSQL that runs out of connections, or stopped, and a pg_dump that is gone, are told, and that it is over",
  async () => {
    await using life = await openLife();
    const [version = ""] = readdirSync(toolFile("/usr/lib/postgresql") ?? "")
      .toSorted()
      .toReversed();
    const bin = `/usr/lib/postgresql/${version}/bin`;
    // Any user but root; Debian's packages make one of that name, a machine without them has nobody.
    const user = (await life.shell("id -u postgres >/dev/null 2>&1 && echo postgres || echo nobody")).trim();
    const as = `PATH=${bin}:$PATH runuser -u ${user} --`;
    const psql = `${as} psql -h /run/postgresql -d postgres -qAtc`;
    const control = `${as} pg_ctl -D $W/data -w -l $W/data/log`;
    // Three are kept for the superuser, and each look asks several things at once.
    const start = `${control} -o "-k /run/postgresql -c listen_addresses='' -c max_connections=40" start >/dev/null`;
    await life.shell(`install -d -o ${user} $W/data /run/postgresql
${as} initdb -D $W/data -U ${user} -A peer -N >/dev/null\n${start}`);

    const dump = `pg_dump -h /run/postgresql postgres | gzip > ${life.at("dumps")}/a-$(date +%F).gz`;
    const runDump = async () => life.shell(`${as} sh -c '${dump}'`);
    await life.shell(
      `install -d -o ${user} $W/dumps; printf '%s\\n' '0 3 * * * ${user} ${dump.replace("%", "\\%")}' >/etc/cron.d/dump`,
    );
    await runDump();

    // Until root has a role, there is nothing but the command that makes it.
    const refused = await life.adopt();
    expect(refused).toContain(
      `# ${words.notNow('psql: error: connection to server on socket "/run/postgresql/.s.PGSQL.5432"')}`,
    );
    const [, access = ""] = /^# .*: runuser -u postgres -- (psql -c 'create role .*)$/m.exec(refused) ?? [];
    await life.shell(`${as} ${access} -h /run/postgresql -d postgres >/dev/null`);
    const toml = await life.adopt();
    for (const name of ["PostgreSQL connections", "PostgreSQL databases", "PostgreSQL write-ahead log"]) {
      expect(toml).toMatch(new RegExp(`^name = "${name}"`, "m"));
    }

    expect(toml).toContain(`\nfile = "${life.at("dumps")}/a-*.gz"\n`);
    expect(toml).toContain(`\n#   0 3 * * * ${user} ${await binary} job pg_dump -- pg_dump -h`);

    const sleeping = "from pg_stat_activity where query = 'select pg_sleep(3600)'";
    const sleepers = `for i in $(seq -s ' ' 32); do psql -h /run/postgresql -d postgres -c 'select pg_sleep(3600)' & done`;
    await life.shell(`${as} sh -c "${sleepers}" >/dev/null 2>&1
until [ "$(${psql} "select count(*) ${sleeping}")" = 32 ]; do sleep 0.05; done`);
    await life.shell("rm $W/dumps/*");
    await life.tells(/PostgreSQL connections [89][\d.]* %.*limit 80 %/, /Backup a-.*: no such file/, /<t:\d+:t>/);
    await life.shell(`${psql} "select pg_terminate_backend(pid) ${sleeping}" >/dev/null`);
    await runDump();
    await life.tells(/PostgreSQL connections back to [\d.]+ %.* after 10 min/, /Backup a-.* recovered/);

    await life.shell(`${control} -m immediate stop >/dev/null`);
    await life.tells("PostgreSQL connections: psql: error: connection to server", "critical");
    await life.shell(start);
    await life.tells("PostgreSQL connections recovered");
  },
);
