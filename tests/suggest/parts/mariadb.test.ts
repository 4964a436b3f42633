import { expect } from "bun:test";

import { testWith } from "../../support/needs.ts";
import { openLife } from "./life.ts";

testWith(
  "mariadbd",
  "mariadb",
  "mariadb-install-db",
  "my_print_defaults",
  "ip",
)("MariaDB that runs out of connections, and that stopped, is told, and that it is over", async () => {
  await using life = await openLife();
  const ask = "mariadb --no-defaults -S /run/mysqld/mysqld.sock -NBe";
  const serve = ["mariadbd", "--no-defaults", "--user=root", "--datadir", life.at("maria"), "--max-connections=10"];
  const start = async () =>
    life.start([...serve, "--socket=/run/mysqld/mysqld.sock", "--skip-networking"], `${ask} 'select 1'`);
  await life.shell(`mkdir /run/mysqld
mariadb-install-db --no-defaults --user=root --datadir=$W/maria --skip-test-db >/dev/null`);
  await start();
  const toml = await life.adopt();
  for (const name of ["MariaDB connections", "MariaDB databases"]) expect(toml).toContain(`\nname = "${name}"`);
  const sleeping = "from information_schema.processlist where info = 'select sleep(3600)'";
  // With the one that asks they are eight or nine of ten.
  await life.shell(`for i in $(seq 7); do ${ask} 'select sleep(3600)' >/dev/null 2>&1 & done
until [ "$(${ask} "select count(*) ${sleeping}")" = 7 ]; do sleep 0.05; done`);
  await life.tells(/MariaDB connections [89]\d[.\d]* %.*limit 80 %/, /<t:\d+:t>/);
  await life.shell(
    `${ask} "select concat('kill ', id, ';') ${sleeping}" | mariadb --no-defaults -S /run/mysqld/mysqld.sock`,
  );
  await life.tells(/MariaDB connections back to [.\d]+ %, after 10 min/);
  await life.stop("mariadbd");
  await life.tells(/MariaDB connections: ERROR 2002/);
  await start();
  await life.tells(/MariaDB connections recovered/);
});
