import { expect } from "bun:test";

import { suggest as words } from "../../../lib/words/en/suggest.ts";
import { testWith } from "../../support/needs.ts";
import { openLife } from "./life.ts";
import { startRedis } from "./servers.ts";

for (const [label, name] of [
  ["Redis", "redis"],
  ["Valkey", "valkey"],
] as const) {
  const cli = `${name}-cli`;
  const saved = words.names.saved(label);
  const add = testWith(`${name}-server`, cli, "ip");
  add(`${label} that cannot save, and that stopped, is told, and that it is over`, async () => {
    await using life = await openLife();
    await startRedis(life, name);
    const toml = await life.adopt();
    expect(toml).toContain(`name = "${label} memory"\nrun = ["/usr/bin/${cli}", `);
    const save = `${cli} bgsave; i=0
until ${cli} info persistence | grep -q rdb_bgsave_in_progress:0; do i=$((i+1)); [ $i -lt 1200 ]; sleep 0.05; done`;
    await life.shell(`mount -o remount,ro $W/redis; ${save}`);
    await life.tells(`${saved} 1: critical`, /-# <t:\d+:t> · limit 1/);
    await life.shell(`mount -o remount,rw $W/redis; ${save}`);
    await life.tells(`${saved} back to 0, after 10 min`, /Was critical from <t:/);
    await life.stop(`${name}-server`);
    await life.tells(/Could not connect to \w+ at 127\.0\.0\.1:6379: Connection refused\*\*/);
    await startRedis(life, name);
    await life.tells(`${label} memory recovered`);
  });
}
