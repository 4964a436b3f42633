import { expect } from "bun:test";

import { testWith } from "../../support/needs.ts";
import { openLife } from "./life.ts";
import { startRedis } from "./servers.ts";

testWith(
  "redis-server",
  "redis-cli",
  "ip",
)("Redis that cannot save, and that stopped, is told, and that it is over", async () => {
  await using life = await openLife();
  await startRedis(life);
  const toml = await life.adopt();
  expect(toml).toContain('name = "Redis memory"');
  expect(toml).toContain('name = "Redis could not save"');
  const save = `redis-cli bgsave; i=0
until redis-cli info persistence | grep -q rdb_bgsave_in_progress:0; do i=$((i+1)); [ $i -lt 1200 ]; sleep 0.05; done`;
  await life.shell(`mount -o remount,ro $W/redis; ${save}`);
  await life.tells("Redis could not save 1: critical", /-# <t:\d+:t> · limit 1/);
  await life.shell(`mount -o remount,rw $W/redis; ${save}`);
  await life.tells("Redis could not save back to 0, after 10 min", /Was critical from <t:/);
  await life.stop("redis-server");
  await life.tells("**Redis memory: Could not connect to Redis at 127.0.0.1:6379: Connection refused**");
  await startRedis(life);
  await life.tells("Redis memory is well again, after 10 min");
});
